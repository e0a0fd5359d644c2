package io.anyserve.router.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import java.util.HexFormat;

/**
 * Keys of the index by which conversations are listed: {@code list/tenant/time/session}, where the
 * time is 16 hexadecimal digits that are lower the later a message was added. So a tenant's
 * conversations lie in the order of {@link ListPosition}. The topic has no such keys.
 */
final class ConversationIndexKeys {

  private static final String LIST = "list/";

  private ConversationIndexKeys() {}

  static byte[] of(TenantId tenant, ListPosition at) {
    String time = HexFormat.of().toHexDigits(Long.MAX_VALUE - at.updated());
    return (LIST + tenant + "/" + time + "/" + at.session()).getBytes(UTF_8);
  }

  /** What all keys of a tenant begin with, and no other key. */
  static byte[] of(TenantId tenant) {
    return (LIST + tenant + "/").getBytes(UTF_8);
  }

  /** What all keys begin with, and no key of the topic. */
  static byte[] all() {
    return LIST.getBytes(UTF_8);
  }
}
