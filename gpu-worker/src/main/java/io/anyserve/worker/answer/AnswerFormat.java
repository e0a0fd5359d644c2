package io.anyserve.worker.answer;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a model writes its answers; what is empty is not told apart from text. */
public record AnswerFormat(
    Optional<ToolCallFormat> toolCalls, Optional<ReasoningFormat> reasoning) {

  /** Everything is text. */
  public static final AnswerFormat PLAIN = new AnswerFormat(Optional.empty(), Optional.empty());

  /** The marks that must reach the parser even where they are special tokens. */
  public Set<String> marks() {
    return Stream.concat(
            toolCalls.stream().flatMap(format -> format.marks().stream()),
            reasoning.stream().flatMap(format -> Stream.of(format.open(), format.close())))
        .collect(Collectors.toUnmodifiableSet());
  }
}
