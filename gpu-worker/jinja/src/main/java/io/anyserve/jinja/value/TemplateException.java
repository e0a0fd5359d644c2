package io.anyserve.jinja.value;

/** Why a template could not be parsed or rendered, and where in the template. */
public final class TemplateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Whose mistake it is. */
  public enum Kind {
    /** The template is not valid, or uses a construct that is not supported. */
    SYNTAX,
    /** The template refused the conversation with {@code raise_exception}. */
    RAISED,
    /** The template and the values it was given do not fit. */
    EVALUATION,
    /** A bound on output, work or nesting was reached. */
    LIMIT
  }

  private final Kind kind;
  private final int line;
  private final String problem;

  private TemplateException(Kind kind, int line, String construct, String problem) {
    super(line == 0 ? problem : "template line " + line + construct + ": " + problem);
    this.kind = kind;
    this.line = line;
    this.problem = problem;
  }

  public static TemplateException syntax(int line, String problem) {
    return new TemplateException(Kind.SYNTAX, line, "", problem);
  }

  public static TemplateException raised(String message) {
    return new TemplateException(Kind.RAISED, 0, "", message);
  }

  public static TemplateException evaluation(String problem) {
    return new TemplateException(Kind.EVALUATION, 0, "", problem);
  }

  public static TemplateException limit(String problem) {
    return new TemplateException(Kind.LIMIT, 0, "", problem);
  }

  /** The same failure with its place, unless it has one already. */
  public TemplateException at(int where, String construct) {
    if (line != 0) {
      return this;
    }
    String named = construct.isEmpty() ? "" : ", " + construct;
    TemplateException placed = new TemplateException(kind, where, named, problem);
    placed.setStackTrace(getStackTrace());
    return placed;
  }

  public Kind kind() {
    return kind;
  }

  /** 1-based line of the template, 0 where the failure has no place. */
  public int line() {
    return line;
  }

  /** The message without the place: what jinja2 would say, or what the template raised. */
  public String problem() {
    return problem;
  }
}
