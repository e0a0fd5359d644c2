/** What a model answers, piece by piece and as a whole: text, reasoning and tool calls. */
@NullMarked
package io.anyserve.contracts.answer;

import org.jspecify.annotations.NullMarked;
