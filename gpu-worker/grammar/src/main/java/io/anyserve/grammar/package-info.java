/** What a model may write: output grammars, and the tokens that they allow next. */
@NullMarked
package io.anyserve.grammar;

import org.jspecify.annotations.NullMarked;
