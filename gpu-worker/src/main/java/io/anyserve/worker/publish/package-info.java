/** The way of token events to the log: in order, once, large content by reference. */
@NullMarked
package io.anyserve.worker.publish;

import org.jspecify.annotations.NullMarked;
