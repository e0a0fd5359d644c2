package io.anyserve.contracts.tool;

/** Which of the tools the model calls. */
public sealed interface ToolChoice {

  ToolChoice AUTO = new Auto();
  ToolChoice NONE = new None();
  ToolChoice REQUIRED = new Required();

  /** The model decides. */
  record Auto() implements ToolChoice {}

  /** No tool. */
  record None() implements ToolChoice {}

  /** At least one of them. */
  record Required() implements ToolChoice {}

  /** The one of that name. */
  record Function(String name) implements ToolChoice {
    public Function {
      ToolDefinition.checkName(name);
    }
  }
}
