/** The usage page in a real browser. */
@NullMarked
package io.anyserve.metering.page;

import org.jspecify.annotations.NullMarked;
