package io.anyserve.ingress.admission;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong with a request. */
public final class InvalidRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final FailureCode code;
  private final transient List<FieldViolation> mistakes;

  public InvalidRequestException(FailureCode code, List<FieldViolation> mistakes) {
    super(mistakes.stream().map(FieldViolation::problem).collect(Collectors.joining("; ")));
    this.code = code;
    this.mistakes = List.copyOf(mistakes);
  }

  public List<FieldViolation> mistakes() {
    return mistakes;
  }

  public Failure failure() {
    return new Failure(code, String.valueOf(getMessage()));
  }
}
