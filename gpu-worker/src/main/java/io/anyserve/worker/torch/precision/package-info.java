/** Which number format runs fastest on this machine and is exact enough. */
@NullMarked
package io.anyserve.worker.torch.precision;

import org.jspecify.annotations.NullMarked;
