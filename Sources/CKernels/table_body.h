// The table of one width's kernels.
const wt_kernels TABLE = {
    .lanes = LANES,
    .rows_max = ROWS_MAX,
    .conv_run = conv_run,
    .winograd_pack = winograd_pack,
    .winograd_run = winograd_run,
    .depthwise_run = depthwise_run,
    .separable_run = separable_run,
    .pool_run = pool_run,
    .global_average = global_average,
    .pointwise_run = pointwise_run,
    .function_run = function_run,
    .rows_run = rows_run,
    .dropout_run = dropout_run,
};
