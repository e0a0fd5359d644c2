/** How work is taken from share groups, held, and given back or acknowledged. */
@NullMarked
package io.anyserve.worker.consume;

import org.jspecify.annotations.NullMarked;
