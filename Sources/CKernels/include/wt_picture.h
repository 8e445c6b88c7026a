#ifndef WT_PICTURE_H
#define WT_PICTURE_H

#include <stdint.h>

// The inner loops of fitting block characters to a picture (room Terminal, Pictures/). A cell is
// 6 x 12 sub-pixels; for the error as seen from a distance it is parted into blocks of 2 x 2, three
// columns of six. Every variant computes the same bits: vectors of eight floats whatever the
// processor, one order of sums, no fused multiplication.

/// The instructions a variant is compiled for.
typedef enum __attribute__((enum_extensibility(closed))) {
    WT_PICTURE_PLAIN __attribute__((swift_name("plain"))),  // what every processor has
    WT_PICTURE_AVX2 __attribute__((swift_name("avx2"))),
} wt_picture_variant;

/// The fastest variant that this processor can run.
wt_picture_variant wt_picture_best(void);

enum {
    WT_PICTURE_SUMMARY = 64,  // floats that a cell's summary takes
    WT_PICTURE_REACH = 10,    // blocks beyond which the eye's Gaussian is left out
    WT_PICTURE_SPAN = 21,     // weights of a block: `REACH` before it to `REACH` behind it
    WT_PICTURE_GROUP = 8,     // parts (glyphs) in a group
    WT_PICTURE_GROUPS_MAX = 32,
    WT_PICTURE_COVER = 24,    // floats of a cell's blocks: three columns of eight, six used
};

/// How the inked sums of a group's parts come about.
typedef enum __attribute__((enum_extensibility(closed))) {
    WT_PICTURE_OCTANTS __attribute__((swift_name("octants"))),    // of 2 x 4 sums, by coefficients
    WT_PICTURE_SEXTANTS __attribute__((swift_name("sextants"))),  // of 2 x 3 sums, by coefficients
    WT_PICTURE_LOWER __attribute__((swift_name("lower"))),        // lane i: the lowest i + 1 eighths
    WT_PICTURE_LEFT __attribute__((swift_name("left"))),          // lane i: the leftmost i + 1
} wt_picture_sums;

/// What does not change from cell to cell. All arrays are the caller's and outlive the call.
typedef struct {
    int columns, rows;
    // Weights between blocks along each axis, [block][SPAN], 0 beyond the borders.
    const float *horizontal, *vertical;
    // Shares of the sub-pixels in their blocks' means, [columns][6] and [rows][12]; a pair sums to 1.
    const float *across, *down;
    int groups;
    const int32_t *sums;              // [group] wt_picture_sums
    const float *coefficients;        // [group][8 sums][8 parts]
    const int32_t *glyphs;            // [group][8]
    const int32_t *complements;       // [group][8]; 0 where no glyph inks the rest
    const float *glyph_costs;         // [group][8]; INFINITY for a lane without a part
    const float *squares;             // [group][3][8]: ink squared, ink times rest, rest squared
    // By the kind of place: near a border the forms differ.
    const int32_t *column_kinds, *row_kinds;  // their sum is the kind
    // [kind][group][6][8]: ink, mixed, rest, 1 / determinant, 1 / ink, 1 / rest
    const float *forms;
    const float *flat;                // [kind]: the form of one grey all over
    const int32_t *column_edges, *row_edges;  // their sum says which covers hold
    const float *covers;              // [edge][group][8][COVER]: ink of each block
    float view_weight;
    // Greys.
    const float *steps;               // [4][256]: at or below, at or above; cheap ones likewise
    const float *nearest;             // [512]: the palette's grey nearest to the level index / 2
    const float *nearest_cheap;
    int has_cheap;
    const float *greys;               // a small palette, whose pairs are all tried; else none
    int grey_count;
    const float *shades;              // [shade][4]: level, front, back, glyph; dark to bright
    int shade_count;
    const int32_t *shade_starts;      // [256]: the first shade to try for a grey; NULL: all
    // Bytes.
    float byte_weight, least_one, least_both;
    const float *bytes;               // [256]: of the parameters that set a grey
    int sets_pairs;                   // front and back are always set together
    int is_monochrome;
    int is_dithering;                 // the neighbours' errors count
} wt_picture_tables;

/// Sums over the sub-pixels of the cells of some rows; `levels` are [12 rows][6 columns],
/// `summaries` [rows][columns][SUMMARY]. Levels beyond 0...255 are clamped, NaN is 0.
void wt_picture_summarise(wt_picture_variant variant, const wt_picture_tables *tables,
                          const float *levels, int first_row, int end_row, float *summaries);

/// The cells of a picture, by row.
typedef struct {
    uint32_t *glyphs;
    uint8_t *fronts, *backs;
    float *residuals;  // mean squared error of the cell's sub-pixels
} wt_picture_cells;

/// Chooses the cells of some rows, one after the other. After the first sweep a choice also counts
/// the bytes of the next cell, as the sweep before chose it.
///
/// `errors` [rows][3 columns + 2 REACH][8] holds what the cells left over; only the given rows are
/// written. `above` and `below` are copies of the two rows before and behind them, as they were
/// when the sweep began (rows beyond the picture zero). `first_sweep`: nothing is known yet.
/// `scratch`: 3 * (3 columns + 2 REACH) * 8 floats.
void wt_picture_fit(wt_picture_variant variant, const wt_picture_tables *tables,
                    const float *summaries, int first_row, int end_row, int first_sweep,
                    float *errors, const float *above, const float *below, float *scratch,
                    const wt_picture_cells *cells);

#endif
