package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.MessageId;
import java.util.Arrays;

/**
 * Keys of the topic {@code conversations}. The kind comes first, so that conversations lie
 * together, without their messages, wherever keys are in order. No name in a key has a slash.
 */
public final class ConversationKeys {

  private static final String CONVERSATION = "conversation/";
  private static final String MESSAGE = "message/";

  private ConversationKeys() {}

  /** Of the record without value with which a router begins to write to a partition. */
  public static byte[] writer() {
    return "writer".getBytes(UTF_8);
  }

  public static byte[] of(ConversationId conversation) {
    return (CONVERSATION + conversation).getBytes(UTF_8);
  }

  public static byte[] of(ConversationId conversation, MessageId message) {
    return (MESSAGE + conversation + "/" + message).getBytes(UTF_8);
  }

  /** What the keys of all conversations begin with, and no other key. */
  public static byte[] conversations() {
    return CONVERSATION.getBytes(UTF_8);
  }

  /** Whether the record of that key is a conversation. */
  public static boolean isConversation(byte[] key) {
    byte[] prefix = conversations();
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** What the keys of all messages of a conversation begin with, and no other key. */
  public static byte[] messages(ConversationId conversation) {
    return (MESSAGE + conversation + "/").getBytes(UTF_8);
  }
}
