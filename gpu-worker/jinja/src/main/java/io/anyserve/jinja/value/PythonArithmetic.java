package io.anyserve.jinja.value;

import java.math.BigDecimal;

/** Python's arithmetic on integers of at most 64 bits and on floats. */
public final class PythonArithmetic {

  private PythonArithmetic() {}

  public static boolean is(Value value) {
    return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
  }

  static boolean equal(Value left, Value right) {
    return is(right) && order(left, right) == 0 && !isNaN(left) && !isNaN(right);
  }

  public static int order(Value left, Value right) {
    if (left instanceof Value.Real(double first)) {
      return right instanceof Value.Real(double second)
          ? Double.compare(first + 0.0, second + 0.0)
          : -order(integer(right), first);
    }
    return right instanceof Value.Real(double second)
        ? order(integer(left), second)
        : Long.compare(integer(left), integer(right));
  }

  /** Exact: a large integer is not rounded, else sorting could contradict itself. */
  private static int order(long left, double right) {
    return Double.isFinite(right)
        ? BigDecimal.valueOf(left).compareTo(new BigDecimal(right))
        : Double.compare(0, right);
  }

  public static Value negate(Value value) {
    return value instanceof Value.Real(double real)
        ? new Value.Real(-real)
        : compute("-", new Value.Int(0), value);
  }

  public static Value compute(String operator, Value left, Value right) {
    try {
      return left instanceof Value.Real || right instanceof Value.Real || operator.equals("/")
          ? new Value.Real(reals(operator, real(left), real(right)))
          : integers(operator, integer(left), integer(right));
    } catch (ArithmeticException e) {
      throw TemplateException.evaluation(
          "'%s' on integers: the result exceeds 64 bits".formatted(operator));
    }
  }

  public static long integer(Value value) {
    return switch (value) {
      case Value.Int(long integer) -> integer;
      case Value.Bool(boolean flag) -> flag ? 1 : 0;
      case Value other -> throw notANumber(other);
    };
  }

  public static double real(Value value) {
    return switch (value) {
      case Value.Int(long integer) -> integer;
      case Value.Bool(boolean flag) -> flag ? 1 : 0;
      case Value.Real(double real) -> real;
      case Value other -> throw notANumber(other);
    };
  }

  private static Value integers(String operator, long left, long right) {
    if (right == 0 && (operator.equals("//") || operator.equals("%"))) {
      throw TemplateException.evaluation("integer division or modulo by zero");
    }
    if (operator.equals("**") && right < 0) {
      return new Value.Real(Math.pow((double) left, (double) right));
    }
    return new Value.Int(
        switch (operator) {
          case "+" -> Math.addExact(left, right);
          case "-" -> Math.subtractExact(left, right);
          case "*" -> Math.multiplyExact(left, right);
          case "//" -> Math.floorDivExact(left, right);
          case "%" -> Math.floorMod(left, right);
          case "**" -> power(left, right);
          default -> throw new IllegalArgumentException(operator);
        });
  }

  private static long power(long base, long exponent) {
    if (base == 0 || base == 1) {
      return exponent == 0 ? 1 : base;
    }
    if (base == -1) {
      return exponent % 2 == 0 ? 1 : -1;
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  private static double reals(String operator, double left, double right) {
    if (right == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw TemplateException.evaluation("division by zero");
    }
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / right;
      case "//" -> Math.floor((left - remainder(left, right)) / right + 0.5);
      case "%" -> remainder(left, right);
      case "**" -> Math.pow(left, right);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  /** With the sign of the divisor. */
  private static double remainder(double left, double right) {
    double remainder = left % right;
    return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
  }

  private static boolean isNaN(Value value) {
    return value instanceof Value.Real(double real) && Double.isNaN(real);
  }

  private static TemplateException notANumber(Value value) {
    return TemplateException.evaluation(
        "%s is not a number (expected: int or float)".formatted(value.type()));
  }
}
