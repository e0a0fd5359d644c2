package io.anyserve.chaos.check;

import io.anyserve.audit.Violation;
import java.util.List;

/**
 * What the checker found.
 *
 * @param accepted requests that a caller was told were accepted
 * @param unclaimed requests in the log that no caller was told of
 * @param unended of these, those without an end
 * @param again requests that ran once more after their end, which is void
 * @param tokens in chunks that count
 * @param billed tokens in the ledger
 */
public record CheckResult(
    List<Violation> findings,
    long accepted,
    long ended,
    long unclaimed,
    long unended,
    long again,
    long chunks,
    long tokens,
    long billed) {

  public CheckResult {
    findings = List.copyOf(findings);
  }
}
