package io.anyserve.worker.answer;

import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The calls of an answer. One begins when it is certain to be one: from then on its arguments leave
 * as they come.
 */
final class CallOutput {

  private final ToolOptions tools;
  private final List<ToolCallDelta> deltas = new ArrayList<>(0);
  private final StringBuilder arguments = new StringBuilder();
  private String name = "";
  private int begun;
  private int complete;
  private long written;

  CallOutput(ToolOptions tools) {
    this.tools = tools;
  }

  /** The tool of that name, where the request has it. */
  Optional<ToolDefinition> tool(String named) {
    return tools.named(named);
  }

  /** Whether a grammar keeps the arguments of a tool to its schema. */
  boolean constrained(ToolDefinition tool) {
    return tool.strict() || !(tools.choice() instanceof ToolChoice.Auto);
  }

  /** Whether a grammar keeps the arguments of some tool to its schema. */
  boolean constrained() {
    return tools.definitions().stream().anyMatch(this::constrained);
  }

  /** A call begins, of a tool that the request has. */
  void begin(String tool) {
    drain();
    name = tool;
    begun++;
  }

  void arguments(CharSequence piece) {
    arguments.append(piece);
    written += piece.length();
  }

  void arguments(char piece) {
    arguments.append(piece);
    written++;
  }

  void complete() {
    complete = begun;
  }

  /** A call has begun and not ended. */
  boolean open() {
    return complete < begun;
  }

  /** Characters of arguments, over all calls. */
  long written() {
    return written;
  }

  /** How many there are. */
  int begun() {
    return begun;
  }

  int completed() {
    return complete;
  }

  /** What came since the last time. */
  List<ToolCallDelta> take() {
    drain();
    List<ToolCallDelta> taken = List.copyOf(deltas);
    deltas.clear();
    return taken;
  }

  private void drain() {
    if (!name.isEmpty() || !arguments.isEmpty()) {
      deltas.add(new ToolCallDelta(begun - 1, "", name, arguments.toString()));
      name = "";
      arguments.setLength(0);
    }
  }
}
