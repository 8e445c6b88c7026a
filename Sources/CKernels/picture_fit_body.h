// Fitting a cell of a picture: its sums and the choice of its greys. Included by picture_fit.c once for
// each variant, before picture_rows_body.h.
//
// With t the sub-pixels, m a glyph's ink, f and b its greys and e = t - b (1 - m) - f m, the cost is
// |e|^2 + mu |G (e + neighbours)|^2 + lambda bytes. Without the bytes that is a quadratic form in f
// and b, whose matrix depends on the glyph only. Its linear part is a sum over the ink of
// t + mu G^T G (t + neighbours), so the second term is spread over the sub-pixels once, and each
// glyph's part is a sum of few sums. Bounds of all glyphs are found eight at a time; only those that
// can still win are looked at one by one.

/// The choice at hand and what it is made against.
typedef struct {
    const wt_picture_tables *t;
    const float *summary;
    const float *forms;  // of this kind of place
    float flat;
    float linear;
    int uses;  // bits by wt_picture_sums: those that some part needs
    float least_grey;  // what the bytes of a grey cost at least
    // The greys in force; below 0 while not known.
    float front, back;
    // The greys that the next cell shows; below 0 where it does not, or is not known.
    float next_front, next_back;
    float best;
    uint32_t glyph;
    float chosen_front, chosen_back, ink, rest;
    float inked;  // the sum over the chosen part's ink, with the view's part
    int part;  // -1 for one grey all over
} V(fit);

// ---- sums over sub-pixels ---------------------------------------------------------------------

INLINE void V(summarise_cell)(const float *levels, int stride, const float *across,
                              const float *down, float *summary) {
    float cell[12][8];
    v8 columns = {}, squares = {};
    for (int row = 0; row < 12; row++) {
        // Two floats beyond the cell are read and left out.
        v8 line = within(load8(levels + (ptrdiff_t)row * stride)) * ones6;
        store8(cell[row], line);
        columns += line;
        squares += line * line;
        summary[LEFTS + row] = line[0] + line[1] + line[2];
        summary[RIGHTS + row] = line[3] + line[4] + line[5];
    }
    for (int i = 0; i < 6; i++) summary[COLUMNS + i] = columns[i];
    summary[SQUARES] = sum8(squares);
    summary[TOTAL] = sum8(columns);
    for (int column = 0; column < 3; column++) {
        float *means = summary + MEANS + 8 * column;
        float first = across[2 * column], second = across[2 * column + 1];
        for (int pair = 0; pair < 6; pair++) {
            const float *upper = cell[2 * pair] + 2 * column, *lower = upper + 8;
            means[pair] = down[2 * pair] * (first * upper[0] + second * upper[1])
                + down[2 * pair + 1] * (first * lower[0] + second * lower[1]);
        }
        means[6] = means[7] = 0;
    }
}

static void V(summarise)(const wt_picture_tables *t, const float *levels, int first_row,
                         int end_row, float *summaries) {
    int stride = 6 * t->columns;
    for (int row = first_row; row < end_row; row++)
        for (int column = 0; column < t->columns; column++) {
            ptrdiff_t cell = (ptrdiff_t)row * t->columns + column;
            V(summarise_cell)(levels + (ptrdiff_t)row * 12 * stride + 6 * column, stride,
                              t->across + 6 * column, t->down + 12 * row,
                              summaries + cell * WT_PICTURE_SUMMARY);
        }
}

// ---- bytes ------------------------------------------------------------------------------------

/// Bytes of setting both greys, without the glyph.
INLINE float V(setting)(const V(fit) *c, float front, float back) {
    const wt_picture_tables *t = c->t;
    if (t->is_monochrome) return (front < back) == (c->front < c->back) ? 0 : 5;
    int keeps_front = front == c->front, keeps_back = back == c->back;
    if (keeps_front && keeps_back) return 0;
    float front_bytes = t->bytes[(int)front], back_bytes = t->bytes[(int)back];
    if (t->sets_pairs) return front_bytes + back_bytes + 6;
    if (keeps_front) return back_bytes + 3;
    if (keeps_back) return front_bytes + 3;
    return front_bytes + back_bytes + 4;
}

/// Bytes of the next cell when these greys are in force.
INLINE float V(next)(const V(fit) *c, float front, float back) {
    const wt_picture_tables *t = c->t;
    float next_front = c->next_front, next_back = c->next_back;
    if (t->is_monochrome)
        return next_front < 0 || (next_front < next_back) == (front < back) ? 0 : 5;
    int sets_front = next_front >= 0 && next_front != front;
    int sets_back = next_back >= 0 && next_back != back;
    if (!sets_front && !sets_back) return 0;
    if (t->sets_pairs) return t->bytes[(int)next_front] + t->bytes[(int)next_back] + 6;
    float count = 3 + (sets_front && sets_back);
    if (sets_front) count += t->bytes[(int)next_front];
    if (sets_back) count += t->bytes[(int)next_back];
    return count;
}

/// The cost of setting greys: the bytes of this cell and what they mean for the next.
INLINE float V(emitting)(const V(fit) *c, float front, float back, float glyph_bytes) {
    return c->t->byte_weight
        * (glyph_bytes + V(setting)(c, front, back) + V(next)(c, front, back));
}

INLINE float V(shown)(float level) {
    float clamped = level > 0 ? level : 0;
    return clamped < 255 ? clamped : 255;
}

/// The grey nearest to a level.
INLINE float V(nearest)(const float *greys, float level) {
    return greys[(int)(2 * V(shown)(level))];
}

/// The greys at or below and at or above a level.
INLINE void V(around)(const float *steps, float level, float *below, float *above) {
    float clamped = V(shown)(level);
    int floor = (int)clamped;
    int ceiling = (float)floor == clamped ? floor : floor + 1;
    *below = steps[floor];
    *above = steps[256 + ceiling];
}

// ---- one grey all over ------------------------------------------------------------------------

INLINE void V(take)(V(fit) *c, float cost, uint32_t glyph, float front, float back, float level) {
    c->best = cost;
    c->glyph = glyph;
    c->chosen_front = front;
    c->chosen_back = back;
    c->ink = c->rest = level;
    c->part = -1;
}

static void V(flat)(V(fit) *c, float level) {
    const wt_picture_tables *t = c->t;
    float cost = level * level * c->flat - 2 * level * c->linear;
    if (cost >= c->best) return;
    // A space of the background, or a full block of the foreground.
    float front = t->is_monochrome ? 255 - level : c->front >= 0 ? c->front : level;
    float as_space = cost + V(emitting)(c, front, level, 1);
    if (as_space < c->best) V(take)(c, as_space, 0x20, front, level, level);
    float back = t->is_monochrome ? 255 - level : c->back >= 0 ? c->back : level;
    float as_block = cost + V(emitting)(c, level, back, 3);
    if (as_block < c->best) V(take)(c, as_block, 0x2588, level, back, level);
}

/// A shade is one grey to the eye, whatever its dots are.
INLINE void V(shade)(V(fit) *c, const float *shade) {
    float cost = shade[0] * shade[0] * c->flat - 2 * shade[0] * c->linear
        + V(emitting)(c, shade[1], shade[2], 3);
    if (cost < c->best) V(take)(c, cost, (uint32_t)shade[3], shade[1], shade[2], shade[0]);
}

static void V(one_grey)(V(fit) *c) {
    const wt_picture_tables *t = c->t;
    float wanted = c->linear / c->flat;
    V(flat)(c, V(nearest)(t->nearest, wanted));
    if (t->has_cheap) V(flat)(c, V(nearest)(t->nearest_cheap, wanted));
    if (t->byte_weight > 0 && !t->is_monochrome) {
        if (c->front >= 0) V(flat)(c, c->front);
        if (c->back >= 0) V(flat)(c, c->back);
    }
    int first = 0, end = t->shade_count;
    if (t->shade_starts) {
        float below, above;
        V(around)(t->steps, wanted, &below, &above);
        first = t->shade_starts[(int)below];
        end = first + 3 < end ? first + 3 : end;
    }
    for (int i = first; i < end; i++) V(shade)(c, t->shades + 4 * i);
}

// ---- two greys --------------------------------------------------------------------------------

/// One part of a cell with its form: the sums of ink and rest, and what two greys cost.
typedef struct {
    int index;
    float ink, mixed, rest, inverse_ink, inverse_rest;
    float inked, open, glyph_cost;
} V(part);

/// Compares a part with two greys; `cost` is without the bytes of the greys.
static NOINLINE void V(compare)(V(fit) *c, const V(part) *p, float ink, float rest, float cost) {
    const wt_picture_tables *t = c->t;
    uint32_t glyph = (uint32_t)t->glyphs[p->index];
    uint32_t complement = (uint32_t)t->complements[p->index];
    int is_swapped = 0;
    float total = cost + V(emitting)(c, ink, rest, 0);
    if (complement) {
        // The brighter grey in front where it costs the same: half as many colour pairs.
        float swapped = cost + V(emitting)(c, rest, ink, 0);
        if (swapped < total || (swapped == total && rest > ink)) {
            total = swapped;
            is_swapped = 1;
        }
    }
    if (total >= c->best) return;
    c->best = total;
    c->glyph = is_swapped ? complement : glyph;
    c->chosen_front = is_swapped ? rest : ink;
    c->chosen_back = is_swapped ? ink : rest;
    c->ink = ink;
    c->rest = rest;
    c->inked = p->inked;
    c->part = p->index;
}

/// Looks at a part with two greys whose bytes cost `least` at least.
INLINE void V(consider)(V(fit) *c, const V(part) *p, float ink, float rest, float least) {
    float cost = ink * (ink * p->ink - 2 * p->inked) + rest * (rest * p->rest - 2 * p->open)
        + 2 * ink * rest * p->mixed + p->glyph_cost;
    if (cost + least < c->best) V(compare)(c, p, ink, rest, cost);
}

/// A grey for the ink, with the best greys for the rest, of which `wanted` would be best of all;
/// `base` is what the bytes of all but the rest's grey cost at least.
INLINE void V(with_ink)(V(fit) *c, const V(part) *p, float ink, float wanted, float base) {
    const wt_picture_tables *t = c->t;
    float rest = V(nearest)(t->nearest, wanted);
    V(consider)(c, p, ink, rest, base + t->byte_weight * t->bytes[(int)rest]);
    if (!t->has_cheap) return;
    rest = V(nearest)(t->nearest_cheap, wanted);
    V(consider)(c, p, ink, rest, base + c->least_grey);
}

/// A grey in force for the ink.
INLINE void V(with_ink_in_force)(V(fit) *c, const V(part) *p, float ink) {
    float wanted = (p->open - ink * p->mixed) * p->inverse_rest;
    V(with_ink)(c, p, ink, wanted, 3 * c->t->byte_weight);
}

/// A grey in force for the rest, with the best greys for the ink.
INLINE void V(with_rest_in_force)(V(fit) *c, const V(part) *p, float rest) {
    const wt_picture_tables *t = c->t;
    float wanted = (p->inked - rest * p->mixed) * p->inverse_ink;
    float ink = V(nearest)(t->nearest, wanted);
    V(consider)(c, p, ink, rest, t->byte_weight * (3 + t->bytes[(int)ink]));
    if (!t->has_cheap) return;
    ink = V(nearest)(t->nearest_cheap, wanted);
    V(consider)(c, p, ink, rest, t->least_one);
}

/// A grey for the ink that is not in force.
INLINE void V(with_new_ink)(V(fit) *c, const V(part) *p, float ink) {
    float wanted = (p->open - ink * p->mixed) * p->inverse_rest;
    float base = c->t->byte_weight * (4 + c->t->bytes[(int)ink]);
    float bound = p->ink * ink * ink - 2 * ink * p->inked - wanted * wanted * p->rest;
    if (bound + p->glyph_cost + base + c->least_grey >= c->best) return;
    V(with_ink)(c, p, ink, wanted, base);
}

/// Least costs of the parts of a group: with both greys in force, with one, with none.
typedef struct {
    v8 inked, front, both, none;
    v8 one[4];  // the front's grey for the ink, for the rest; the back's for the ink, for the rest
} V(bounds);

/// Fills in the bounds of a group and returns the least of each part.
INLINE v8 V(bound)(const V(fit) *c, int group, v8 inked, V(bounds) *b) {
    const wt_picture_tables *t = c->t;
    const float *forms = c->forms + group * 48;
    v8 ink = load8(forms), mixed = load8(forms + 8), rest = load8(forms + 16);
    v8 costs = load8(t->glyph_costs + 8 * group);
    v8 open = c->linear - inked;
    v8 inverse = load8(forms + 24);
    v8 front = (inked * rest - open * mixed) * inverse;
    v8 back = (open * ink - inked * mixed) * inverse;
    b->inked = inked;
    b->front = front;
    b->none = costs - inked * front - open * back + t->least_both;
    b->both = b->one[0] = b->one[1] = b->one[2] = b->one[3] = none8;
    if (t->byte_weight == 0) return b->none;
    float f = c->front, g = c->back;
    v8 ink_first = f * (f * ink - 2 * inked), ink_second = g * (g * ink - 2 * inked);
    v8 rest_first = f * (f * rest - 2 * open), rest_second = g * (g * rest - 2 * open);
    if (f >= 0 && g >= 0) {
        v8 cross = 2 * f * g * mixed;
        b->both = costs + cross + least8(ink_first + rest_second, ink_second + rest_first);
    }
    if (t->sets_pairs) return least8(b->none, b->both);
    v8 inverse_ink = load8(forms + 32), inverse_rest = load8(forms + 40);
    v8 base = costs + t->least_one;
    if (f >= 0) {
        v8 left = open - f * mixed, right = inked - f * mixed;
        b->one[0] = base + (ink_first - left * left * inverse_rest);
        b->one[1] = base + (rest_first - right * right * inverse_ink);
    }
    if (g >= 0) {
        v8 left = open - g * mixed, right = inked - g * mixed;
        b->one[2] = base + (ink_second - left * left * inverse_rest);
        b->one[3] = base + (rest_second - right * right * inverse_ink);
    }
    v8 one = least8(least8(b->one[0], b->one[1]), least8(b->one[2], b->one[3]));
    return least8(least8(b->none, b->both), one);
}

/// Looks at one part closely.
static void V(look)(V(fit) *c, int index, const V(bounds) *b) {
    const wt_picture_tables *t = c->t;
    int group = index / 8, lane = index % 8;
    const float *forms = c->forms + group * 48 + lane;
    float inked = b->inked[lane];
    V(part) p = {index, forms[0], forms[8], forms[16], forms[32], forms[40],
                 inked, c->linear - inked, t->glyph_costs[index]};
    // What is in force costs least, so it is tried first, and leaves less to try of the rest.
    if (b->both[lane] < c->best) {
        V(consider)(c, &p, c->front, c->back, 0);
        V(consider)(c, &p, c->back, c->front, 0);
    }
    if (b->one[0][lane] < c->best) V(with_ink_in_force)(c, &p, c->front);
    if (b->one[1][lane] < c->best) V(with_rest_in_force)(c, &p, c->front);
    if (b->one[2][lane] < c->best) V(with_ink_in_force)(c, &p, c->back);
    if (b->one[3][lane] < c->best) V(with_rest_in_force)(c, &p, c->back);
    if (b->none[lane] < c->best) {
        float below, above;
        V(around)(t->steps, b->front[lane], &below, &above);
        V(with_new_ink)(c, &p, below);
        if (above != below) V(with_new_ink)(c, &p, above);
        if (!t->has_cheap) return;
        V(around)(t->steps + 512, b->front[lane], &below, &above);
        V(with_new_ink)(c, &p, below);
        V(with_new_ink)(c, &p, above);
    }
}

/// All pairs of a small palette, eight parts at a time.
static void V(small)(V(fit) *c, int group, v8 inked) {
    const wt_picture_tables *t = c->t;
    const float *forms = c->forms + group * 48;
    v8 ink = load8(forms), mixed = load8(forms + 8), rest = load8(forms + 16);
    v8 costs = load8(t->glyph_costs + 8 * group), open = c->linear - inked;
    v8 least = none8, inks = {}, rests = {}, has_complement;
    for (int i = 0; i < 8; i++) has_complement[i] = t->complements[8 * group + i] ? 1 : 0;
    for (int i = 0; i < t->grey_count; i++) {
        float f = t->greys[i];
        v8 fronts = costs + f * (f * ink - 2 * inked);
        for (int j = 0; j < t->grey_count; j++) {
            if (i == j) continue;
            float g = t->greys[j];
            float plain = V(emitting)(c, f, g, 0), swapped = V(emitting)(c, g, f, 0);
            float saved = swapped < plain ? plain - swapped : 0;
            v8 cost = fronts + g * (g * rest - 2 * open) + 2 * f * g * mixed
                + (plain - has_complement * saved);
            i8 better = cost < least;
            least = choose8(better, cost, least);
            inks = choose8(better, f - (v8){}, inks);
            rests = choose8(better, g - (v8){}, rests);
        }
    }
    for (int lane = 0; lane < 8; lane++) {
        if (!(least[lane] < c->best)) continue;
        V(part) p = {8 * group + lane, forms[lane], forms[8 + lane], forms[16 + lane], 0, 0,
                     inked[lane], open[lane], costs[lane]};
        V(consider)(c, &p, inks[lane], rests[lane], 0);
    }
}
