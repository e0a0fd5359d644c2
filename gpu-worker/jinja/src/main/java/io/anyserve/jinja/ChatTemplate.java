package io.anyserve.jinja;

import io.anyserve.jinja.builtin.PythonRepr;
import io.anyserve.jinja.syntax.Stmt;
import io.anyserve.jinja.syntax.TemplateParser;
import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.RenderLimits;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Value;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a checkpoint: turns a conversation into the prompt the model was trained on.
 *
 * <p>Renders what jinja2 renders with {@code trim_blocks}, {@code lstrip_blocks}, loop controls and
 * the functions that Hugging Face adds. Text of the request is never read as template code, and
 * stays recognisable in the {@link RenderedPrompt}. Immutable; any thread may render.
 */
public final class ChatTemplate {

  /**
   * Variables that come from the model's own folder. Their text counts as written by the template,
   * so a caller must not take them from a request.
   */
  public static final Set<String> MODEL_VARIABLES =
      Set.of(
          "bos_token",
          "cls_token",
          "eos_token",
          "mask_token",
          "pad_token",
          "sep_token",
          "unk_token");

  private final List<Stmt> statements;
  private final Clock clock;
  private final RenderLimits limits;

  private ChatTemplate(List<Stmt> statements, Clock clock, RenderLimits limits) {
    this.statements = statements;
    this.clock = clock;
    this.limits = limits;
  }

  /** Parses a template that reads the clock of this machine and is bound by the default limits. */
  public static ChatTemplate parse(String source) throws TemplateException {
    return parse(source, Clock.system(ZoneId.systemDefault()), RenderLimits.DEFAULT);
  }

  /**
   * Parses a template.
   *
   * @param clock what {@code strftime_now} reads
   */
  public static ChatTemplate parse(String source, Clock clock, RenderLimits limits)
      throws TemplateException {
    if (source.length() > limits.characters()) {
      throw TemplateException.limit(
          "template: %d characters (expected: at most %d)"
              .formatted(source.length(), limits.characters()));
    }
    return new ChatTemplate(TemplateParser.parse(source), clock, limits);
  }

  /**
   * Renders one conversation.
   *
   * @param variables by name: null, Boolean, Long, Double, String, List or Map, such as {@code
   *     add_generation_prompt}, {@code tools} or {@code bos_token}; as with Hugging Face, {@code
   *     tools} and {@code documents} are None and {@code add_generation_prompt} is false unless
   *     given
   * @throws TemplateException where the template refuses the conversation, fails or does too much
   */
  public RenderedPrompt render(
      List<TemplateMessage> messages, Map<String, ? extends @Nullable Object> variables)
      throws TemplateException {
    RenderBudget budget = new RenderBudget(limits);
    PythonRepr printer = new PythonRepr(budget);
    Scope scope = Scope.root();
    new Globals(budget, printer, clock).defineIn(scope);
    define(messages, variables, new JavaValues(budget), scope);
    TrackedText prompt = new Renderer(budget, printer).render(statements, scope.inner());
    return new RenderedPrompt(prompt.segments());
  }

  private static void define(
      List<TemplateMessage> messages,
      Map<String, ? extends @Nullable Object> variables,
      JavaValues conversion,
      Scope scope) {
    scope.set("tools", Value.None.NONE);
    scope.set("documents", Value.None.NONE);
    scope.set("add_generation_prompt", Value.Bool.FALSE);
    for (var variable : variables.entrySet()) {
      scope.set(variable.getKey(), value(variable.getKey(), variable.getValue(), conversion));
    }
    List<Value> turns = new ArrayList<>();
    messages.forEach(message -> turns.add(conversion.message(message)));
    scope.set("messages", SequenceValue.list(turns));
  }

  private static Value value(String name, @Nullable Object plain, JavaValues conversion) {
    return MODEL_VARIABLES.contains(name) && plain instanceof String text
        ? TrackedText.template(text)
        : conversion.convert(plain);
  }
}
