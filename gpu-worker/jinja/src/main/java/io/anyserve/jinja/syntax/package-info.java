/** From the source of a template to its syntax tree. */
@NullMarked
package io.anyserve.jinja.syntax;

import org.jspecify.annotations.NullMarked;
