/** Tells text, reasoning and tool calls apart in what a model writes, as it writes it. */
@NullMarked
package io.anyserve.worker.answer;

import org.jspecify.annotations.NullMarked;
