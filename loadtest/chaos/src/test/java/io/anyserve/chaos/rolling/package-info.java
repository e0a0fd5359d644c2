/** The reports of rolling restarts. */
@NullMarked
package io.anyserve.chaos.rolling;

import org.jspecify.annotations.NullMarked;
