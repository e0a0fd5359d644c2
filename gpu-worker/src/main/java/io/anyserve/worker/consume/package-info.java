/** How requests are acquired from share groups, kept locked, and released or acknowledged. */
@NullMarked
package io.anyserve.worker.consume;

import org.jspecify.annotations.NullMarked;
