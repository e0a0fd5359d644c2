package io.anyserve.jinja.value;

/**
 * A value that is not there: empty where it is printed, an error where it is used.
 *
 * @param problem the message of that error
 */
public record Undefined(String problem) implements Value {

  public static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  public static Undefined attribute(Value owner, String name) {
    return new Undefined("'%s' has no attribute '%s'".formatted(object(owner), name));
  }

  public static Undefined element(Value owner, String key) {
    return new Undefined("%s has no element %s".formatted(object(owner), key));
  }

  public static Undefined unsafe(Value owner, String name) {
    return new Undefined(
        "access to attribute '%s' of '%s' object is unsafe.".formatted(name, owner.type()));
  }

  public TemplateException failure() {
    return TemplateException.evaluation(problem);
  }

  private static String object(Value owner) {
    return switch (owner) {
      case None _ -> "None";
      case Namespace _ -> "jinja2.utils.Namespace object";
      case Loop _ -> "jinja2.runtime.LoopContext object";
      case Bool _, Int _, Real _, TrackedText _, SequenceValue _, Dict _, Function _, Undefined _ ->
          owner.type() + " object";
    };
  }
}
