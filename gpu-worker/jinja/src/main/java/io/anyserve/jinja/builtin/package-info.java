/** Filters, tests, operators and methods, as Jinja and Python define them. */
@NullMarked
package io.anyserve.jinja.builtin;

import org.jspecify.annotations.NullMarked;
