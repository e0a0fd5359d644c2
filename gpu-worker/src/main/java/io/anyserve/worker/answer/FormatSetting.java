package io.anyserve.worker.answer;

import java.util.Locale;
import java.util.Optional;

/**
 * Which formats an operator says that a model writes its answers in; what is empty is found in its
 * chat template.
 */
public record FormatSetting(Optional<ToolCalls> toolCalls, Optional<Reasoning> reasoning) {

  /** Everything is found in the chat template. */
  public static final FormatSetting AUTO = new FormatSetting(Optional.empty(), Optional.empty());

  /** Values of the setting for tool calls. */
  public enum ToolCalls {
    AUTO,
    NONE,
    HERMES,
    QWEN_CODER,
    LLAMA,
    MISTRAL;

    private Optional<ToolCallFormat> of(String template) {
      return switch (this) {
        case AUTO -> ToolCallFormat.taughtBy(template);
        case NONE -> Optional.empty();
        case HERMES -> Optional.of(ToolCallFormat.HERMES);
        case QWEN_CODER -> Optional.of(ToolCallFormat.QWEN_CODER);
        case LLAMA -> Optional.of(ToolCallFormat.LLAMA);
        case MISTRAL -> Optional.of(ToolCallFormat.MISTRAL);
      };
    }
  }

  /** Values of the setting for reasoning. */
  public enum Reasoning {
    AUTO,
    NONE,
    THINK,
    BRACKETS;

    private Optional<ReasoningFormat> of(String template) {
      return switch (this) {
        case AUTO -> ReasoningFormat.taughtBy(template);
        case NONE -> Optional.empty();
        case THINK -> Optional.of(ReasoningFormat.THINK);
        case BRACKETS -> Optional.of(ReasoningFormat.BRACKETS);
      };
    }
  }

  /** As configurations write a value. */
  public static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * How a model with that chat template answers. One whose template takes no tools makes no calls,
   * whatever the setting says.
   */
  public AnswerFormat formatOf(Optional<String> template) {
    if (template.isEmpty()) {
      return AnswerFormat.PLAIN;
    }
    String source = template.get();
    return new AnswerFormat(
        source.contains("tools") ? toolCalls.orElse(ToolCalls.AUTO).of(source) : Optional.empty(),
        reasoning.orElse(Reasoning.AUTO).of(source));
  }
}
