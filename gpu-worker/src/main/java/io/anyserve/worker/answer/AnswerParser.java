package io.anyserve.worker.answer;

import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.worker.answer.CallReader.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells reasoning, text and tool calls apart in an answer, piece by piece.
 *
 * <pre>
 * BEGINNING -- reasoning's mark --> REASONING -- its end, or a call --> TEXT
 * BEGINNING -- anything else -->    TEXT
 * </pre>
 *
 * <p>Within reasoning and text, what may be a call is held back until it is certain to be one: its
 * tool is one of the request's and its arguments begin. From then on the arguments leave as they
 * come, whatever they are; before that, everything that turns out to be no call is text again, so
 * nothing is lost but special tokens. Line ends and spaces between reasoning, text and calls belong
 * to the marks.
 *
 * <p>A function of the characters and special tokens, however they are cut into pieces. The deltas
 * have no call ids.
 */
public final class AnswerParser {

  private static final String CALL_SEPARATORS = ";,";

  private final Optional<ToolCallFormat> calls;
  private final Optional<ReasoningFormat> reasoning;
  private final CallOutput output;
  private final MarkMatcher matcher = new MarkMatcher();
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thought = new StringBuilder();

  /** Spaces that are text if text follows. */
  private final StringBuilder spaces = new StringBuilder();

  /** What is text if it turns out to be no call. */
  private final StringBuilder raw = new StringBuilder();

  private final boolean single;
  private Phase phase;
  private List<String> marks = List.of();
  private @Nullable CallReader reader;
  private boolean thinkingBegins;
  private boolean textBegun;
  private boolean behindCall;
  private boolean behindReasoning;
  private boolean givingUp;

  private enum Phase {
    BEGINNING,
    REASONING,
    TEXT
  }

  /**
   * @param tools of the request; calls are looked for only where the model may make some
   * @param thinking the prompt has opened the reasoning
   */
  public AnswerParser(AnswerFormat format, ToolOptions tools, boolean thinking) {
    this.calls = tools.callable() ? format.toolCalls() : Optional.empty();
    this.reasoning = format.reasoning();
    this.output = new CallOutput(tools);
    this.single = !tools.parallel();
    boolean opened = thinking && reasoning.isPresent();
    this.thinkingBegins = opened;
    this.phase = opened ? Phase.REASONING : reasoning.isPresent() ? Phase.BEGINNING : Phase.TEXT;
    this.marks = marksOf(phase);
    this.textBegun = marks.isEmpty();
  }

  /** The next text of the answer. */
  public AnswerDelta push(String piece) {
    if (marks.isEmpty() && textBegun && spaces.isEmpty()) {
      return AnswerDelta.text(piece);
    }
    for (int i = 0; i < piece.length(); i++) {
      push(piece.charAt(i));
    }
    return take();
  }

  /** A special token that is one of the format's marks. */
  public AnswerDelta pushSpecial(String mark) {
    if (reader == null) {
      matcher.flush().chars().forEach(c -> plain((char) c));
      marked(mark, "");
    } else {
      CallReader reading = reader;
      if (reading.special(mark) == Verdict.REFUSED) {
        giveUp();
        marked(mark, "");
      }
    }
    return take();
  }

  /** What was held back, at the end of the answer. */
  public AnswerDelta flush() {
    if (output.open()) {
      close();
      output.complete();
    } else if (reader != null) {
      giveUp();
    }
    matcher.flush().chars().forEach(c -> plain((char) c));
    (phase == Phase.REASONING ? thought : text)
        .append(behindCall ? spaces.toString().stripLeading() : spaces);
    spaces.setLength(0);
    return take();
  }

  /** Calls that are complete. */
  public int completedCalls() {
    return output.completed();
  }

  /** Whether the answer has the one call that it may have. */
  public boolean complete() {
    return single && output.completed() > 0;
  }

  /** Whether a call began. */
  public boolean called() {
    return output.begun() > 0;
  }

  private AnswerDelta take() {
    var delta = new AnswerDelta(text.toString(), thought.toString(), output.take());
    text.setLength(0);
    thought.setLength(0);
    return delta.isEmpty() ? AnswerDelta.NOTHING : delta;
  }

  private void push(char next) {
    if (reader != null) {
      read(reader, next);
    } else {
      String mark = matcher.push(next, marks, this::plain);
      if (mark != null) {
        marked(mark, mark);
      }
    }
  }

  private void read(CallReader reading, char next) {
    int begun = output.begun();
    long written = output.written();
    Verdict verdict = reading.push(next);
    if (output.begun() > begun) {
      commit();
    } else if (output.written() > written) {
      raw.setLength(0);
    } else if (verdict != Verdict.REFUSED) {
      raw.append(next);
    }
    switch (verdict) {
      case TAKEN -> {}
      case LAST -> close();
      case REFUSED -> {
        giveUp();
        push(next);
      }
    }
  }

  /** What was read is a call. */
  private void commit() {
    raw.setLength(0);
    spaces.setLength(0);
    behindReasoning = false;
    behindCall = true;
    enter(Phase.TEXT);
  }

  private void close() {
    raw.setLength(0);
    reader = null;
  }

  /** What is read is no call, or none any more. */
  private void giveUp() {
    String rest = raw.toString();
    close();
    output.complete();
    givingUp = true;
    rest.chars().forEach(c -> plain((char) c));
    givingUp = false;
  }

  private void enter(Phase next) {
    phase = next;
    marks = marksOf(next);
  }

  private List<String> marksOf(Phase of) {
    List<String> all = new ArrayList<>();
    if (of == Phase.BEGINNING) {
      reasoning.ifPresent(format -> all.add(format.open()));
    }
    if (of == Phase.REASONING) {
      reasoning.ifPresent(format -> all.add(format.close()));
    }
    calls.ifPresent(format -> all.addAll(format.openers()));
    calls.ifPresent(format -> all.addAll(format.closers()));
    return List.copyOf(all);
  }

  private void marked(String mark, String visible) {
    if (!marks.contains(mark)) {
      visible.chars().forEach(c -> plain((char) c));
    } else if (reasoning.isPresent() && mark.equals(reasoning.get().open())) {
      spaces.setLength(0);
      thinkingBegins = true;
      enter(Phase.REASONING);
    } else if (reasoning.isPresent() && mark.equals(reasoning.get().close())) {
      spaces.setLength(0);
      behindReasoning = true;
      enter(Phase.TEXT);
    } else if (calls.isPresent() && calls.get().openers().contains(mark)) {
      raw.append(visible);
      reader = reader(calls.get(), mark);
    } else if (!behindCall || phase != Phase.TEXT) {
      visible.chars().forEach(c -> plain((char) c));
    }
  }

  private CallReader reader(ToolCallFormat format, String mark) {
    return switch (format) {
      case HERMES, LLAMA -> new JsonCallReader(output, false);
      case QWEN_CODER -> new QwenCoderReader(output, mark.equals(Marks.FUNCTION));
      case MISTRAL -> new MistralReader(output);
    };
  }

  /** A character that belongs to no mark. */
  private void plain(char next) {
    switch (phase) {
      case BEGINNING -> beginning(next);
      case REASONING -> thought(next);
      case TEXT -> text(next);
    }
  }

  private void beginning(char next) {
    if (!Character.isWhitespace(next)) {
      enter(Phase.TEXT);
      text(next);
    } else {
      spaces.append(next);
    }
  }

  private void thought(char next) {
    if (Character.isWhitespace(next)) {
      if (!thinkingBegins || next != '\n') {
        spaces.append(next);
      }
      return;
    }
    thinkingBegins = false;
    thought.append(spaces).append(next);
    spaces.setLength(0);
  }

  private void text(char next) {
    if (behindReasoning && next == '\n') {
      return;
    }
    behindReasoning = false;
    boolean bare = calls.isPresent() && calls.get() == ToolCallFormat.LLAMA;
    if (isHeld(next, bare)) {
      spaces.append(next);
    } else if (bare && next == '{' && !givingUp && (behindCall || !textBegun)) {
      var json = new JsonCallReader(output, true);
      reader = json;
      read(json, next);
    } else {
      show(next);
    }
  }

  private boolean isHeld(char next, boolean bare) {
    return Character.isWhitespace(next)
        ? calls.isPresent() || !textBegun
        : behindCall && bare && CALL_SEPARATORS.indexOf(next) >= 0;
  }

  private void show(char next) {
    text.append(behindCall ? spaces.toString().stripLeading() : spaces);
    spaces.setLength(0);
    behindCall = false;
    textBegun = true;
    text.append(next);
  }
}
