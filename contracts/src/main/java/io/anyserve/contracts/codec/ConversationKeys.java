package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.MessageId;

/**
 * Keys of the topic {@code conversations}. The kind comes first, then the tenant, so that a
 * tenant's conversations lie together, without their messages, wherever keys are in order. No name
 * in a key has a slash.
 */
public final class ConversationKeys {

  private static final String CONVERSATION = "conversation/";
  private static final String MESSAGE = "message/";

  /** How the sessions of responses of the HTTP API begin: their ids. */
  private static final String RESPONSE = "resp_";

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

  /** What the keys of all conversations of a tenant begin with, and no other key. */
  public static byte[] conversations(TenantId tenant) {
    return (CONVERSATION + tenant + "/").getBytes(UTF_8);
  }

  /** What the keys of those conversations of a tenant begin with that keep a response. */
  public static byte[] responses(TenantId tenant) {
    return (CONVERSATION + tenant + "/" + RESPONSE).getBytes(UTF_8);
  }

  /** What the keys of all messages of a conversation begin with, and no other key. */
  public static byte[] messages(ConversationId conversation) {
    return (MESSAGE + conversation + "/").getBytes(UTF_8);
  }
}
