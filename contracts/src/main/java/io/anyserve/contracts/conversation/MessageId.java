package io.anyserve.contracts.conversation;

import io.anyserve.contracts.validation.NamePattern;
import io.anyserve.contracts.validation.Preconditions;

/** One message of a conversation; chosen by whoever appends it, unique in the conversation. */
public record MessageId(String value) implements Comparable<MessageId> {

  private static final NamePattern VALID = NamePattern.anyCase("._:-", 128);

  public MessageId {
    Preconditions.name("message", value, VALID);
  }

  @Override
  public int compareTo(MessageId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
