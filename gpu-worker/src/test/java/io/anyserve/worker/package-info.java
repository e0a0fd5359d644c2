/** The worker against a real broker. */
@NullMarked
package io.anyserve.worker;

import org.jspecify.annotations.NullMarked;
