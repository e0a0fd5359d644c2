package io.anyserve.worker.answer;

import org.jspecify.annotations.Nullable;

/** Reads what follows {@code [TOOL_CALLS]}: a list of objects, one object, or a name. */
final class MistralReader implements CallReader {

  private enum State {
    BEGIN,
    ELEMENT,
    IN_ELEMENT,
    SINGLE,
    BETWEEN,
    NAME,
    CALL_ID,
    ARGUMENTS,
    IN_ARGUMENTS
  }

  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_ID = 256;

  private final CallOutput output;
  private final StringBuilder name = new StringBuilder();
  private final StringBuilder mark = new StringBuilder();
  private final JsonSpan span = new JsonSpan();
  private State state = State.BEGIN;
  private int idLength;
  private @Nullable JsonCallReader element;

  MistralReader(CallOutput output) {
    this.output = output;
  }

  @Override
  public Verdict special(String special) {
    boolean named = state == State.NAME && !name.isEmpty() && mark.isEmpty();
    if (special.equals(Marks.CALL_ID) && named) {
      state = State.CALL_ID;
      return Verdict.TAKEN;
    }
    if (special.equals(Marks.ARGS) && (named || state == State.CALL_ID)) {
      state = State.ARGUMENTS;
      return Verdict.TAKEN;
    }
    return Verdict.REFUSED;
  }

  @Override
  public Verdict push(char next) {
    return switch (state) {
      case BEGIN -> JsonCallReader.isSpace(next) ? Verdict.TAKEN : begin(next);
      case ELEMENT -> JsonCallReader.isSpace(next) ? Verdict.TAKEN : element(next);
      case IN_ELEMENT, SINGLE -> inElement(next);
      case BETWEEN -> between(next);
      case NAME -> name(next);
      case CALL_ID -> callId(next);
      case ARGUMENTS -> JsonCallReader.isSpace(next) ? Verdict.TAKEN : arguments(next);
      case IN_ARGUMENTS -> inArguments(next);
    };
  }

  private Verdict begin(char next) {
    if (next == '[') {
      state = State.ELEMENT;
      return Verdict.TAKEN;
    }
    if (next == '{') {
      state = State.SINGLE;
      return inElement(next);
    }
    state = State.NAME;
    return name(next);
  }

  private Verdict element(char next) {
    state = State.IN_ELEMENT;
    element = null;
    return inElement(next);
  }

  private Verdict inElement(char next) {
    element = element == null ? new JsonCallReader(output, false) : element;
    Verdict verdict = element.push(next);
    if (verdict == Verdict.LAST && state == State.IN_ELEMENT) {
      state = State.BETWEEN;
      return Verdict.TAKEN;
    }
    return verdict;
  }

  private Verdict between(char next) {
    if (JsonCallReader.isSpace(next)) {
      return Verdict.TAKEN;
    }
    if (next == ',') {
      state = State.ELEMENT;
      return Verdict.TAKEN;
    }
    return next == ']' ? Verdict.LAST : Verdict.REFUSED;
  }

  private Verdict name(char next) {
    if (!mark.isEmpty() || next == '[') {
      return mark(next);
    }
    if (next == '{') {
      return arguments(next);
    }
    if (!isNamePart(next) || name.length() >= LONGEST_NAME) {
      return JsonCallReader.isSpace(next) && !name.isEmpty() ? Verdict.TAKEN : Verdict.REFUSED;
    }
    name.append(next);
    return Verdict.TAKEN;
  }

  private static boolean isNamePart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  /** A mark that is no special token of the model. */
  private Verdict mark(char next) {
    mark.append(next);
    String written = mark.toString();
    if (written.equals(Marks.ARGS) || written.equals(Marks.CALL_ID)) {
      mark.setLength(0);
      return special(written);
    }
    boolean begins = Marks.ARGS.startsWith(written) || Marks.CALL_ID.startsWith(written);
    return begins ? Verdict.TAKEN : Verdict.REFUSED;
  }

  private Verdict callId(char next) {
    if (!mark.isEmpty() || next == '[') {
      return mark(next);
    }
    if (next == '{') {
      return arguments(next);
    }
    return ++idLength <= LONGEST_ID ? Verdict.TAKEN : Verdict.REFUSED;
  }

  private Verdict arguments(char next) {
    if (next != '{' || output.tool(name.toString()).isEmpty()) {
      return Verdict.REFUSED;
    }
    state = State.IN_ARGUMENTS;
    output.begin(name.toString());
    return inArguments(next);
  }

  private Verdict inArguments(char next) {
    JsonSpan.Place place = span.push(next);
    if (place == JsonSpan.Place.NOWHERE) {
      return Verdict.REFUSED;
    }
    output.arguments(next);
    if (place == JsonSpan.Place.INSIDE) {
      return Verdict.TAKEN;
    }
    output.complete();
    return Verdict.LAST;
  }
}
