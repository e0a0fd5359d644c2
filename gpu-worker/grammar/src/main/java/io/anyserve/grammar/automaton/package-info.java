/** The pushdown automaton that reads a document byte by byte. */
@NullMarked
package io.anyserve.grammar.automaton;

import org.jspecify.annotations.NullMarked;
