/** The values of a template, their arithmetic and comparisons, and the limits of a rendering. */
@NullMarked
package io.anyserve.jinja.value;

import org.jspecify.annotations.NullMarked;
