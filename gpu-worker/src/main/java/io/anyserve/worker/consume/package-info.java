/** How records of requests are acquired from share groups and acknowledged. */
@NullMarked
package io.anyserve.worker.consume;

import org.jspecify.annotations.NullMarked;
