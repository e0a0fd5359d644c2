/** Batching without thread, clock or log. */
@NullMarked
package io.anyserve.worker.schedule;

import org.jspecify.annotations.NullMarked;
