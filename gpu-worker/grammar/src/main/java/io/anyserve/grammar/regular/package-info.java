/**
 * Regular languages over bytes: sets of bytes, terms, their derivatives, and patterns in the syntax
 * of ECMAScript.
 */
@NullMarked
package io.anyserve.grammar.regular;

import org.jspecify.annotations.NullMarked;
