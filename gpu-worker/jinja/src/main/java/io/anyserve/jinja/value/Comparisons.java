package io.anyserve.jinja.value;

import java.util.List;

/** Compares values as Python does. */
public final class Comparisons {

  private final RenderBudget budget;

  public Comparisons(RenderBudget budget) {
    this.budget = budget;
  }

  public boolean holds(String operator, Value left, Value right) {
    return switch (operator) {
      case "==" -> equal(left, right);
      case "!=" -> !equal(left, right);
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      case "<" -> order(operator, left, right) < 0;
      case "<=" -> order(operator, left, right) <= 0;
      case ">" -> order(operator, left, right) > 0;
      case ">=" -> order(operator, left, right) >= 0;
      default -> throw new IllegalArgumentException(operator);
    };
  }

  public boolean equal(Value left, Value right) {
    budget.enter();
    try {
      return switch (left) {
        case Value.None _ -> right instanceof Value.None;
        case Value.Bool _, Value.Int _, Value.Real _ -> PythonArithmetic.equal(left, right);
        case TrackedText text -> right instanceof TrackedText other && equal(text, other);
        case SequenceValue items ->
            right instanceof SequenceValue other
                && items.kind() == other.kind()
                && equal(items.values(), other.values());
        case Dict dict -> right instanceof Dict other && equal(dict, other);
        case Undefined _ -> right instanceof Undefined;
        case Namespace _, Loop _, Function _ -> left.equals(right);
      };
    } finally {
      budget.leave();
    }
  }

  /** Ascending order, for sorting. */
  public int order(Value left, Value right) {
    return order("<", left, right);
  }

  boolean contains(Value container, Value element) {
    return switch (container) {
      case TrackedText text -> contains(text, element);
      case SequenceValue items -> contains(items.values(), element);
      case Dict dict -> dict.contains(element);
      case Undefined _ -> false;
      case Value.None _, Value.Bool _, Value.Int _, Value.Real _, Namespace _, Loop _, Function _ ->
          throw TemplateException.evaluation(
              "argument of type '" + container.type() + "' is not iterable");
    };
  }

  private boolean contains(TrackedText text, Value element) {
    if (!(element instanceof TrackedText part)) {
      throw TemplateException.evaluation(
          "'in <string>' requires string as left operand, not " + element.type());
    }
    budget.search(text.value().length(), part.value().length());
    return text.value().contains(part.value());
  }

  private boolean contains(List<Value> values, Value element) {
    for (Value value : values) {
      if (equal(value, element)) {
        return true;
      }
    }
    return false;
  }

  private boolean equal(TrackedText left, TrackedText right) {
    budget.search(Math.min(left.value().length(), right.value().length()));
    return left.equals(right);
  }

  private boolean equal(List<Value> left, List<Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean equal(Dict left, Dict right) {
    if (left.entries().size() != right.entries().size()) {
      return false;
    }
    for (var entry : left.entries().entrySet()) {
      Value other = right.get(entry.getKey());
      if (other == null || !equal(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  private int order(String operator, Value left, Value right) {
    budget.enter();
    try {
      if (left instanceof Undefined undefined) {
        throw undefined.failure();
      }
      if (right instanceof Undefined undefined) {
        throw undefined.failure();
      }
      if (PythonArithmetic.is(left) && PythonArithmetic.is(right)) {
        return PythonArithmetic.order(left, right);
      }
      if (left instanceof TrackedText text && right instanceof TrackedText other) {
        return order(text, other);
      }
      if (left instanceof SequenceValue items
          && right instanceof SequenceValue other
          && items.kind().sequence()
          && items.kind() == other.kind()) {
        return order(operator, items.values(), other.values());
      }
      throw TemplateException.evaluation(
          "'%s' not supported between instances of '%s' and '%s'"
              .formatted(operator, left.type(), right.type()));
    } finally {
      budget.leave();
    }
  }

  /** By code point; Java's own order is by UTF-16 unit. */
  private int order(TrackedText left, TrackedText right) {
    String first = left.value();
    String second = right.value();
    int length = Math.min(first.length(), second.length());
    budget.search(length);
    for (int i = 0; i < length; i++) {
      if (first.charAt(i) != second.charAt(i)) {
        return Integer.compare(sortable(first.charAt(i)), sortable(second.charAt(i)));
      }
    }
    return Integer.compare(first.length(), second.length());
  }

  /** Surrogates stand for code points above every other char. */
  private static int sortable(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  private int order(String operator, List<Value> left, List<Value> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return order(operator, left.get(i), right.get(i));
      }
    }
    return Integer.compare(left.size(), right.size());
  }
}
