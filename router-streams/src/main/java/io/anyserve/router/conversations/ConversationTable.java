package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records as conversations and messages. One that cannot be read is as good as none. */
record ConversationTable(RecordTable records) {

  private static final Logger log = LoggerFactory.getLogger(ConversationTable.class);

  /** Names are ASCII. */
  private static final byte LAST = (byte) 0xFF;

  Optional<Conversation> find(ConversationId id) {
    return get(ConversationKeys.of(id), ConversationCodec::decodeConversation);
  }

  /** Throws SESSION_NOT_FOUND where there is none. */
  Conversation existing(ConversationId id) {
    return find(id)
        .orElseThrow(
            () ->
                new FailureException(
                    FailureCode.SESSION_NOT_FOUND,
                    "session: " + id.session() + " (expected: a conversation of this tenant)"));
  }

  Optional<ConversationMessage> find(ConversationId id, MessageId message) {
    return get(ConversationKeys.of(id, message), ConversationCodec::decodeMessage);
  }

  /** Throws INVALID_REQUEST with the field that names it where there is none. */
  ConversationMessage existing(ConversationId id, MessageId message, String field) {
    return find(id, message)
        .orElseThrow(
            () ->
                new FailureException(
                    FailureCode.INVALID_REQUEST,
                    field + ": " + message + " (expected: a message of " + id.session() + ")"));
  }

  /**
   * Visits a tenant's conversations, the one with the newest message first, but for those that keep
   * a response.
   *
   * @param after where to begin; empty for the first
   */
  void conversations(
      TenantId tenant, Optional<ListPosition> after, Predicate<Conversation> visitor) {
    byte[] prefix = ConversationIndexKeys.of(tenant);
    records.scan(
        after.map(last -> next(ConversationIndexKeys.of(tenant, last))).orElse(prefix),
        behind(prefix),
        (key, value) -> conversation(key, value).map(visitor::test).orElse(true));
  }

  /**
   * Visits a conversation's messages by id.
   *
   * @param after where to begin; empty for the first
   */
  void messages(
      ConversationId id, Optional<MessageId> after, Predicate<ConversationMessage> visitor) {
    byte[] prefix = ConversationKeys.messages(id);
    records.scan(
        after.map(last -> next(ConversationKeys.of(id, last))).orElse(prefix),
        behind(prefix),
        (key, value) ->
            decode(key, value, ConversationCodec::decodeMessage).map(visitor::test).orElse(true));
  }

  private <T> Optional<T> get(byte[] key, Function<byte[], T> decoder) {
    byte @Nullable [] value = records.get(key);
    return value == null ? Optional.empty() : decode(key, value, decoder);
  }

  /** Empty where the record cannot be read. */
  static Optional<Conversation> conversation(byte[] key, byte[] value) {
    return decode(key, value, ConversationCodec::decodeConversation);
  }

  private static <T> Optional<T> decode(byte[] key, byte[] value, Function<byte[], T> decoder) {
    try {
      return Optional.of(decoder.apply(value));
    } catch (MalformedRecordException e) {
      log.warn(
          "Ignored an unreadable record of conversations under {}: {}",
          new String(key, StandardCharsets.UTF_8),
          e.getMessage());
      return Optional.empty();
    }
  }

  /** The key that follows. */
  private static byte[] next(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  /** Behind all keys with that prefix. */
  static byte[] behind(byte[] prefix) {
    byte[] end = next(prefix);
    end[prefix.length] = LAST;
    return end;
  }
}
