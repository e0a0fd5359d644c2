/** The rules of the layering. */
@NullMarked
package io.anyserve.architecture;

import org.jspecify.annotations.NullMarked;
