// Fitting the rows of a picture: what a cell sees of its neighbours and leaves to them. Included by
// picture_fit.c once for each variant, after picture_fit_body.h.

// ---- a cell -----------------------------------------------------------------------------------

/// The sums that parts are made of, over sub-pixels with the view's part spread over them.
typedef struct {
    v8 octants, sextants, lower, left;
} V(features);

INLINE V(features) V(spread)(const float *summary, const float *across,
                             const float *down, const v8 seen[3], int uses) {
    float lefts[16], rights[16];
    v8 left = seen[0] * (across[0] + across[1]) + seen[1] * across[2];
    v8 right = seen[1] * across[3] + seen[2] * (across[4] + across[5]);
    // A block's row is two of sub-pixels; the last four of sixteen are nothing.
    v8 first_down = load8(down), last_down = load8(down + 4);
    last_down = __builtin_shufflevector(last_down, last_down, 4, 5, 6, 7, 4, 5, 6, 7);
    store8(lefts, load8(summary + LEFTS)
        + first_down * __builtin_shufflevector(left, left, 0, 0, 1, 1, 2, 2, 3, 3));
    store8(lefts + 8, load8(summary + LEFTS + 8)
        + last_down * __builtin_shufflevector(left, left, 4, 4, 5, 5, 6, 6, 7, 7));
    store8(rights, load8(summary + RIGHTS)
        + first_down * __builtin_shufflevector(right, right, 0, 0, 1, 1, 2, 2, 3, 3));
    store8(rights + 8, load8(summary + RIGHTS + 8)
        + last_down * __builtin_shufflevector(right, right, 4, 4, 5, 5, 6, 6, 7, 7));
    V(features) f;
    for (int i = 0; i < 4; i++) {
        f.octants[2 * i] = lefts[3 * i] + lefts[3 * i + 1] + lefts[3 * i + 2];
        f.octants[2 * i + 1] = rights[3 * i] + rights[3 * i + 1] + rights[3 * i + 2];
    }
    f.sextants = (v8){};
    f.lower = (v8){};
    f.left = (v8){};
    if (uses >> WT_PICTURE_SEXTANTS & 1) {
        for (int i = 0; i < 3; i++) {
            const float *l = lefts + 4 * i, *r = rights + 4 * i;
            f.sextants[2 * i] = l[0] + l[1] + l[2] + l[3];
            f.sextants[2 * i + 1] = r[0] + r[1] + r[2] + r[3];
        }
    }
    if (uses >> WT_PICTURE_LOWER & 1)
        for (int row = 0; row < 12; row++)
            f.lower += (lefts[row] + rights[row]) * lower_eighths[row];
    if (uses >> WT_PICTURE_LEFT & 1)
        for (int i = 0; i < 6; i++)
            f.left += (summary[COLUMNS + i] + across[i] * sum8(seen[i / 2])) * left_eighths[i];
    return f;
}

INLINE v8 V(combined)(const float *coefficients, v8 sums, int count) {
    v8 inked = {};
    for (int i = 0; i < count; i++) inked += load8(coefficients + 8 * i) * sums[i];
    return inked;
}

INLINE v8 V(inked)(const wt_picture_tables *t, int group, const V(features) *f) {
    switch (t->sums[group]) {
    case WT_PICTURE_OCTANTS: return V(combined)(t->coefficients + 64 * group, f->octants, 8);
    case WT_PICTURE_SEXTANTS: return V(combined)(t->coefficients + 64 * group, f->sextants, 6);
    case WT_PICTURE_LOWER: return f->lower;
    case WT_PICTURE_LEFT: return f->left;
    }
    return f->octants;
}

static void V(two_greys)(V(fit) *c, const V(features) *f) {
    const wt_picture_tables *t = c->t;
    V(bounds) bounds[WT_PICTURE_GROUPS_MAX];
    v8 least[WT_PICTURE_GROUPS_MAX], lowest = none8;
    for (int group = 0; group < t->groups; group++) {
        v8 inked = V(inked)(t, group, f);
        if (t->grey_count) {
            V(small)(c, group, inked);
            continue;
        }
        least[group] = V(bound)(c, group, inked, bounds + group);
        lowest = least8(lowest, least[group]);
    }
    if (t->grey_count) return;
    // The one with the lowest bound leaves little to try of the others.
    float bottom = INFINITY;
    for (int lane = 0; lane < 8; lane++) bottom = lowest[lane] < bottom ? lowest[lane] : bottom;
    if (!(bottom < c->best)) return;
    int first = 0;
    for (int group = 0; group < t->groups; group++) {
        int found = lanes8(least[group] == bottom - (v8){});
        if (!found) continue;
        first = 8 * group + __builtin_ctz((unsigned)found);
        break;
    }
    V(look)(c, first, bounds + first / 8);
    for (int group = 0; group < t->groups; group++) {
        int found = lanes8(least[group] < c->best - (v8){});
        while (found) {
            int lane = __builtin_ctz((unsigned)found);
            found &= found - 1;
            int index = 8 * group + lane;
            if (least[group][lane] < c->best && index != first) V(look)(c, index, bounds + group);
        }
    }
}

/// Mean squared error of the choice over the sub-pixels; `seen` as the choice was made against it.
INLINE float V(residual)(const V(fit) *c, const v8 seen[3], const float *cover) {
    const float *s = c->summary;
    float ink = c->ink, rest = c->rest, squared;
    if (c->part < 0) {
        squared = s[SQUARES] - 2 * rest * s[TOTAL] + rest * rest * 72;
    } else {
        // The ink's own levels, without what the view added to them.
        float inked = c->inked
            - sum8(load8(cover) * seen[0] + load8(cover + 8) * seen[1]
                   + load8(cover + 16) * seen[2]);
        const float *q = c->t->squares + 24 * (c->part / 8) + c->part % 8;
        squared = s[SQUARES] - 2 * (ink * inked + rest * (s[TOTAL] - inked)) + ink * ink * q[0]
            + 2 * ink * rest * q[8] + rest * rest * q[16];
    }
    return (squared > 0 ? squared : 0) / 72;
}

// ---- a row ------------------------------------------------------------------------------------

/// Six by six weights between the blocks of two rows of cells, by column.
typedef struct {
    v8 columns[6];
} V(matrix);

static V(matrix) V(weights)(const wt_picture_tables *t, int row, int other) {
    V(matrix) m;
    for (int column = 0; column < 6; column++) {
        m.columns[column] = (v8){};
        for (int lane = 0; lane < 6; lane++) {
            int distance = 6 * (other - row) + column - lane + WT_PICTURE_REACH;
            if (distance >= 0 && distance < WT_PICTURE_SPAN)
                m.columns[column][lane] =
                    t->vertical[(6 * row + lane) * WT_PICTURE_SPAN + distance];
        }
    }
    return m;
}

INLINE v8 V(times)(const V(matrix) *m, const float *column) {
    v8 sum = m->columns[0] * column[0];
    for (int i = 1; i < 6; i++) sum += m->columns[i] * column[i];
    return sum;
}

/// A row of cells as its neighbours leave it.
typedef struct {
    int width;       // columns of blocks with the margins
    float *errors;   // of this row
    float *sums;     // what other rows contribute, before the horizontal part
    float *others;   // and after it
    float *same;     // this row's errors after the vertical part
    V(matrix) own;
} V(row);

static void V(begin)(const wt_picture_tables *t, V(row) *r, int row, const float *const near[4],
                     int first_sweep) {
    V(matrix) m[4];
    int used = 0;
    const float *rows[4];
    for (int i = 0; i < 4; i++) {
        if (!near[i]) continue;
        m[used] = V(weights)(t, row, i < 2 ? row - 2 + i : row - 1 + i);
        rows[used++] = near[i];
    }
    r->own = V(weights)(t, row, row);
    int end = r->width - WT_PICTURE_REACH;
    for (int place = WT_PICTURE_REACH; place < end; place++) {
        v8 sum = {};
        for (int i = 0; i < used; i++) sum += V(times)(m + i, rows[i] + 8 * place);
        store8(r->sums + 8 * place, sum);
        v8 same = {};
        if (!first_sweep) same = V(times)(&r->own, r->errors + 8 * place);
        store8(r->same + 8 * place, same);
    }
    for (int place = WT_PICTURE_REACH; place < end; place++) {
        const float *weights = t->horizontal + (place - WT_PICTURE_REACH) * WT_PICTURE_SPAN;
        const float *from = r->sums + 8 * (place - WT_PICTURE_REACH);
        v8 sum = {};
        for (int i = 0; i < WT_PICTURE_SPAN; i++) sum += load8(from + 8 * i) * weights[i];
        store8(r->others + 8 * place, sum);
    }
}

/// What the eye sees of the neighbours' errors and of this cell's levels, at this cell's blocks.
INLINE void V(seen)(const wt_picture_tables *t, const V(row) *r, const float *summary, int column,
                    v8 seen[3]) {
    int start = WT_PICTURE_REACH + 3 * column;
    v8 own[3];
    for (int i = 0; i < 3; i++) own[i] = V(times)(&r->own, summary + MEANS + 8 * i);
    for (int i = 0; i < 3; i++) {
        const float *weights =
            t->horizontal + (3 * column + i) * WT_PICTURE_SPAN + WT_PICTURE_REACH;
        const float *same = r->same + 8 * (start + i);
        v8 before = load8(r->others + 8 * (start + i)), behind = {};
        for (int d = i + 1; d <= WT_PICTURE_REACH; d++) before += load8(same - 8 * d) * weights[-d];
        for (int d = 3 - i; d <= WT_PICTURE_REACH; d++) behind += load8(same + 8 * d) * weights[d];
        v8 cell = own[0] * weights[-i] + own[1] * weights[1 - i] + own[2] * weights[2 - i];
        seen[i] = (before + behind + cell) * t->view_weight;
    }
}

/// Records what the choice leaves over in each block.
INLINE void V(leave)(const V(fit) *c, V(row) *r, int column, const float *cover) {
    int start = WT_PICTURE_REACH + 3 * column;
    float contrast = c->part < 0 ? 0 : c->ink - c->rest;
    for (int i = 0; i < 3; i++) {
        v8 error = load8(c->summary + MEANS + 8 * i)
            - (ones6 * c->rest + load8(cover + 8 * i) * contrast);
        store8(r->errors + 8 * (start + i), error);
        store8(r->same + 8 * (start + i), V(times)(&r->own, r->errors + 8 * (start + i)));
    }
}

static void V(fit_row)(V(fit) *c, V(row) *r, int row, const float *summaries,
                       int first_sweep, const wt_picture_cells *cells) {
    const wt_picture_tables *t = c->t;
    for (int column = 0; column < t->columns; column++) {
        ptrdiff_t index = (ptrdiff_t)row * t->columns + column;
        int kind = t->row_kinds[row] + t->column_kinds[column];
        c->summary = summaries + index * WT_PICTURE_SUMMARY;
        c->forms = t->forms + (ptrdiff_t)kind * t->groups * 48;
        c->flat = t->flat[kind];
        v8 seen[3] = {};
        if (t->is_dithering) V(seen)(t, r, c->summary, column, seen);
        V(features) f = V(spread)(c->summary, t->across + 6 * column, t->down + 12 * row, seen,
                                    c->uses);
        c->linear = sum8(f.octants);
        c->best = INFINITY;
        c->next_front = c->next_back = -1;
        if (!first_sweep && t->byte_weight > 0 && column + 1 < t->columns) {
            // What does not show is not set, unless both always are.
            uint32_t glyph = cells->glyphs[index + 1];
            int shows_both = t->sets_pairs || t->is_monochrome;
            if (shows_both || glyph != 0x20) c->next_front = cells->fronts[index + 1];
            if (shows_both || glyph != 0x2588) c->next_back = cells->backs[index + 1];
        }
        V(one_grey)(c);
        V(two_greys)(c, &f);
        c->front = c->chosen_front;
        c->back = c->chosen_back;
        ptrdiff_t edge = t->row_edges[row] + t->column_edges[column];
        const float *cover = t->covers
            + (edge * t->groups * 8 + (c->part < 0 ? 0 : c->part)) * WT_PICTURE_COVER;
        if (t->is_dithering) V(leave)(c, r, column, cover);
        cells->glyphs[index] = c->glyph;
        cells->fronts[index] = (uint8_t)c->front;
        cells->backs[index] = (uint8_t)c->back;
        cells->residuals[index] = V(residual)(c, seen, cover);
    }
}

static void V(fit_rows)(const wt_picture_tables *t, const float *summaries, int first_row,
                        int end_row, int first_sweep, float *errors, const float *above,
                        const float *below, float *scratch, const wt_picture_cells *cells) {
    V(fit) c = {.t = t, .front = -1, .back = -1};
    c.least_grey = t->least_one > 0 ? t->least_one - 3 * t->byte_weight : 0;
    for (int group = 0; group < t->groups; group++) c.uses |= 1 << t->sums[group];
    V(row) r = {.width = 3 * t->columns + 2 * WT_PICTURE_REACH};
    ptrdiff_t line = 8 * (ptrdiff_t)r.width;
    r.sums = scratch;
    r.others = scratch + line;
    r.same = scratch + 2 * line;
    memset(scratch, 0, 3 * (size_t)line * sizeof(float));
    for (int row = first_row; row < end_row; row++) {
        const float *near[4];
        for (int i = 0; i < 4; i++) {
            int other = i < 2 ? row - 2 + i : row - 1 + i;
            near[i] = NULL;
            if (other < 0 || other >= t->rows) continue;
            if (other < first_row) near[i] = above + (other - first_row + 2) * line;
            else if (other >= end_row) near[i] = below + (other - end_row) * line;
            else if (other < row || !first_sweep) near[i] = errors + other * line;
            if (first_sweep && (other < first_row || other >= end_row)) near[i] = NULL;
        }
        r.errors = errors + row * line;
        if (t->is_dithering) V(begin)(t, &r, row, near, first_sweep);
        V(fit_row)(&c, &r, row, summaries, first_sweep, cells);
        // The background is given up at the end of a row, the foreground stays in force.
        if (!t->sets_pairs && !t->is_monochrome) c.back = -1;
    }
}
