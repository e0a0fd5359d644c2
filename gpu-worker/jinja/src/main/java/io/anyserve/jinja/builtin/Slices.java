package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Loop;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.PythonArithmetic;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Python's {@code [from:to:step]} on texts and sequences. */
public final class Slices {

  private final RenderBudget budget;

  public Slices(RenderBudget budget) {
    this.budget = budget;
  }

  public Value cut(Value owner, Value from, Value to, Value step) {
    return switch (owner) {
      case TrackedText text -> text(text, from, to, step);
      case SequenceValue items when items.kind().sequence() ->
          new SequenceValue(items(items.values(), from, to, step), items.kind());
      case Undefined undefined -> throw undefined.failure();
      case SequenceValue _,
          Dict _,
          Namespace _,
          Loop _,
          Function _,
          Value.None _,
          Value.Bool _,
          Value.Int _,
          Value.Real _ ->
          throw TemplateException.evaluation(
              owner instanceof Dict
                  ? "unhashable type: 'slice'"
                  : "'" + owner.type() + "' object is not subscriptable");
    };
  }

  private TrackedText text(TrackedText text, Value from, Value to, Value step) {
    budget.search(text.value().length());
    int length = text.length();
    if (bound(step, 1) == 1) {
      int start = clamp(bound(from, 0), length, 0, length);
      int end = Math.max(start, clamp(bound(to, length), length, 0, length));
      TrackedText cut = text.cut(text.offset(start), text.offset(end));
      budget.copy(cut.value().length());
      return cut;
    }
    TextBuilder out = new TextBuilder(budget);
    for (Value c : items(text.codePoints(budget), from, to, step)) {
      out.append((TrackedText) c);
    }
    return out.text();
  }

  private List<Value> items(List<Value> values, Value from, Value to, Value by) {
    long step = bound(by, 1);
    if (step == 0) {
      throw TemplateException.evaluation("slice step cannot be zero");
    }
    int size = values.size();
    int lowest = step > 0 ? 0 : -1;
    int highest = step > 0 ? size : size - 1;
    int start =
        from instanceof Value.None ? (step > 0 ? 0 : highest) : at(from, size, lowest, highest);
    int end = to instanceof Value.None ? (step > 0 ? size : -1) : at(to, size, lowest, highest);
    List<Value> cut = new ArrayList<>();
    for (long i = start; step > 0 ? i < end : i > end; i += step) {
      budget.step();
      cut.add(values.get((int) i));
    }
    return cut;
  }

  private static int at(Value index, int size, int lowest, int highest) {
    return clamp(bound(index, 0), size, lowest, highest);
  }

  private static int clamp(long index, int size, int lowest, int highest) {
    return Math.clamp(index < 0 ? index + size : index, lowest, highest);
  }

  /** Kept small enough that a step from one end past the other does not overflow. */
  private static long bound(Value value, int otherwise) {
    return switch (value) {
      case Value.None _ -> otherwise;
      case Value.Int _, Value.Bool _ ->
          Math.clamp(PythonArithmetic.integer(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
      case Value.Real _,
          TrackedText _,
          SequenceValue _,
          Dict _,
          Namespace _,
          Loop _,
          Function _,
          Undefined _ ->
          throw TemplateException.evaluation(
              "slice indices must be integers or None or have an __index__ method");
    };
  }
}
