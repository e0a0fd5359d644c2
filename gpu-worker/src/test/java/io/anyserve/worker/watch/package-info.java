/** Tests of who looks on at runs. */
@NullMarked
package io.anyserve.worker.watch;

import org.jspecify.annotations.NullMarked;
