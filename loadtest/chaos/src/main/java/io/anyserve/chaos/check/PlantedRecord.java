package io.anyserve.chaos.check;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TopicOffset;
import java.util.Optional;

/** What was written on purpose, and what must become of it. */
public sealed interface PlantedRecord {

  /** Nothing can be read of the record: {@code dlq} explains it. */
  record Unreadable(TopicOffset at) implements PlantedRecord {}

  /** A request that must not run: {@code dlq} explains it, and its sender gets a failed result. */
  record Refused(TopicOffset at, RequestId id) implements PlantedRecord {}

  /** Its transaction was never committed, so it did not happen. */
  record Uncommitted(RequestId id) implements PlantedRecord {}

  /**
   * One request that was submitted twice: it runs once, and all its results are the same.
   *
   * @param results that must be there: two where the first one was there before the second
   *     submission
   */
  record Repeated(RequestId id, TenantId tenant, int results) implements PlantedRecord {}

  /** A submission under the id of another tenant's request: a failed result, and nothing runs. */
  record Conflicting(RequestId id, TenantId tenant) implements PlantedRecord {}

  /** The request that it names; empty where it names none. */
  default Optional<RequestId> request() {
    return switch (this) {
      case Unreadable _ -> Optional.empty();
      case Refused(_, RequestId id) -> Optional.of(id);
      case Uncommitted(RequestId id) -> Optional.of(id);
      case Repeated(RequestId id, _, _) -> Optional.of(id);
      case Conflicting(RequestId id, _) -> Optional.of(id);
    };
  }
}
