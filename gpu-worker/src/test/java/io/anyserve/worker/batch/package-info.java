/** Batching without thread, clock or log. */
@NullMarked
package io.anyserve.worker.batch;

import org.jspecify.annotations.NullMarked;
