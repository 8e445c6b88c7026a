// Forests of decision trees: many rows walk a tree at once, so that the processor has other rows to
// work on while one waits for memory.

#include <string.h>

#include "CKernels.h"

enum { FOREST_LANES = 16, FOREST_GROUPS = 8, FOREST_ROWS = FOREST_LANES * FOREST_GROUPS };

typedef struct {
    wt_pool *pool;
    const wt_forest *forest;
    const float *values;
    ptrdiff_t rows, columns;
    float *sums;
    int failed;
} wt_forest_job;

/// Lays out rows as [feature][lane], a column of zeros behind the features for leaves to look at.
/// Lanes without a row repeat the last one.
static void turn_rows(const wt_forest_job *job, ptrdiff_t first, int count, float *to) {
    int features = job->forest->features;
    for (int lane = 0; lane < FOREST_LANES; lane++) {
        const float *row = job->values + (first + (lane < count ? lane : count - 1)) * job->columns;
        for (int f = 0; f < features; f++) to[f * FOREST_LANES + lane] = row[f];
        to[features * FOREST_LANES + lane] = 0;
    }
}

/// One step of every lane; tells whether any moved.
static inline __attribute__((always_inline)) int step_lanes(const wt_tree_node *nodes,
                                                            const float *turned, int32_t *at,
                                                            const int tracks_missing) {
    int moved = 0;
#pragma clang loop unroll(full)
    for (int lane = 0; lane < FOREST_LANES; lane++) {
        const wt_tree_node *node = nodes + at[lane];
        float value = turned[node->feature * FOREST_LANES + lane];
        int second = !(value <= node->threshold);
        if (tracks_missing) second &= !((value != value) & node->missing_goes_first);
        int next = node->child + second;
        moved |= next ^ at[lane];
        at[lane] = next;
    }
    return moved;
}

static inline __attribute__((always_inline)) void walk(const wt_forest *forest, int tree,
                                                       const float *turned, int32_t *at,
                                                       const int tracks_missing) {
    for (int lane = 0; lane < FOREST_LANES; lane++) at[lane] = forest->roots[tree];
    int level = 0, depth = forest->depths[tree];
    // Leaves lead to themselves. Whether all rows have ended is looked at every few levels.
    for (; level + 4 <= depth; level += 4) {
        step_lanes(forest->nodes, turned, at, tracks_missing);
        step_lanes(forest->nodes, turned, at, tracks_missing);
        step_lanes(forest->nodes, turned, at, tracks_missing);
        if (!step_lanes(forest->nodes, turned, at, tracks_missing)) return;
    }
    for (; level < depth; level++) step_lanes(forest->nodes, turned, at, tracks_missing);
}

/// Adds what the leaves hold to the sums of `count` rows.
static void add_leaves(const wt_forest *forest, const int32_t *at, int count, float *sums) {
    for (int lane = 0; lane < count; lane++, sums += forest->targets)
        for (int32_t i = forest->leaves[at[lane]]; i < forest->leaves[at[lane] + 1]; i++)
            sums[forest->leaf_targets[i]] += forest->leaf_weights[i];
}

static void forest_item(void *context, int item, int worker) {
    wt_forest_job *job = context;
    const wt_forest *forest = job->forest;
    ptrdiff_t first = (ptrdiff_t)item * FOREST_ROWS;
    int count = (int)(job->rows - first < FOREST_ROWS ? job->rows - first : FOREST_ROWS);
    int groups = (count + FOREST_LANES - 1) / FOREST_LANES;
    size_t group_floats = (size_t)(forest->features + 1) * FOREST_LANES;
    float *turned = wt_pool_scratch(job->pool, worker, group_floats * FOREST_GROUPS);
    if (!turned) {
        __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
        return;
    }
    for (int g = 0; g < groups; g++)
        turn_rows(job, first + g * FOREST_LANES, count - g * FOREST_LANES,
                  turned + (size_t)g * group_floats);
    int32_t at[FOREST_LANES];
    // Tree by tree over all rows of the item: a tree stays in the first cache.
    for (int tree = 0; tree < forest->trees; tree++)
        for (int g = 0; g < groups; g++) {
            const float *group = turned + (size_t)g * group_floats;
            if (forest->tracks_missing)
                walk(forest, tree, group, at, 1);
            else
                walk(forest, tree, group, at, 0);
            int left = count - g * FOREST_LANES;
            add_leaves(forest, at, left < FOREST_LANES ? left : FOREST_LANES,
                       job->sums + (first + g * FOREST_LANES) * forest->targets);
        }
}

int wt_forest_run(wt_pool *pool, const wt_forest *forest, const float *values, ptrdiff_t rows,
                  ptrdiff_t columns, float *sums) {
    wt_forest_job job = {pool, forest, values, rows, columns, sums, 0};
    memset(sums, 0, (size_t)rows * (size_t)forest->targets * sizeof(float));
    wt_pool_run(pool, (int)((rows + FOREST_ROWS - 1) / FOREST_ROWS), forest_item, &job);
    return job.failed ? -1 : 0;
}
