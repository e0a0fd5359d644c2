package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.Dict;
import io.anyserve.jinja.value.Function;
import io.anyserve.jinja.value.Loop;
import io.anyserve.jinja.value.Namespace;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Undefined;
import io.anyserve.jinja.value.Value;
import java.util.List;

/** What a loop over a value sees. */
public final class Iteration {

  private Iteration() {}

  public static boolean possible(Value value) {
    return switch (value) {
      case TrackedText _, SequenceValue _, Dict _, Undefined _ -> true;
      case Value.None _, Value.Bool _, Value.Int _, Value.Real _, Namespace _, Loop _, Function _ ->
          false;
    };
  }

  public static List<Value> over(Value value, RenderBudget budget) {
    List<Value> values =
        switch (value) {
          case TrackedText text -> text.codePoints(budget);
          case SequenceValue items -> items.values();
          case Dict dict -> dict.keys();
          case Undefined _ -> List.of();
          case Value.None _,
              Value.Bool _,
              Value.Int _,
              Value.Real _,
              Namespace _,
              Loop _,
              Function _ ->
              throw TemplateException.evaluation("'" + value.type() + "' object is not iterable");
        };
    budget.steps(values.size());
    return values;
  }

  static long length(Value value) {
    return switch (value) {
      case TrackedText text -> text.length();
      case SequenceValue items when items.kind() != SequenceValue.Kind.GENERATOR ->
          items.values().size();
      case Dict dict -> dict.entries().size();
      case Undefined _ -> 0;
      case SequenceValue _,
          Value.None _,
          Value.Bool _,
          Value.Int _,
          Value.Real _,
          Namespace _,
          Loop _,
          Function _ ->
          throw TemplateException.evaluation("object of type '" + value.type() + "' has no len()");
    };
  }
}
