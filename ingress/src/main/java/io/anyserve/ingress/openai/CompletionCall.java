package io.anyserve.ingress.openai;

import io.anyserve.v1.Inference;
import java.util.List;

/**
 * What a client asks for with one call.
 *
 * @param model as asked for
 * @param choices one request each, in the order of their indices
 * @param stream whether the answer comes as events
 * @param includeUsage whether a stream ends with an event that has the usage
 * @param names of its parameters
 */
public record CompletionCall(
    CompletionKind kind,
    String model,
    List<Inference> choices,
    boolean stream,
    boolean includeUsage,
    ParameterNames names) {

  public CompletionCall {
    choices = List.copyOf(choices);
  }
}
