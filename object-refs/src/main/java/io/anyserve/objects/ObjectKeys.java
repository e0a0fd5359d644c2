package io.anyserve.objects;

import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Keys of the form {@code tenants/<tenant>/<day>/<32 hexadecimal digits>}.
 *
 * <p>The day (UTC) is the one on which the object expires, so a sweep knows most of what it needs
 * from the key alone. No key is ever the folder of another, which a store on a file system could
 * not hold.
 */
final class ObjectKeys {

  static final String PREFIX = "tenants/";

  private static final int RANDOM_BYTES = 16;
  private static final Pattern TAIL = Pattern.compile("\\d{4}-\\d{2}-\\d{2}/[0-9a-f]{32}");
  private static final int LONGEST_SHOWN = 160;

  private ObjectKeys() {}

  static String create(TenantId tenant, Instant expires, RandomGenerator random) {
    byte[] id = new byte[RANDOM_BYTES];
    random.nextBytes(id);
    return of(tenant) + day(expires) + "/" + HexFormat.of().formatHex(id);
  }

  /** Whether the key could have been made for this tenant, and nothing else. */
  static boolean owns(TenantId tenant, String key) {
    String folder = of(tenant);
    return key.startsWith(folder) && TAIL.matcher(key.substring(folder.length())).matches();
  }

  /** The first moment at which the object has surely expired, when the key tells. */
  static Optional<Instant> expiredFrom(String key) {
    String[] parts = key.split("/", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(parts[2]).plusDays(1).atStartOfDay(ZoneOffset.UTC))
          .map(Instant::from);
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }

  /** Short and without control characters, for use in messages. */
  static String printable(String key) {
    String shown = key.length() > LONGEST_SHOWN ? key.substring(0, LONGEST_SHOWN) + "..." : key;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  private static String of(TenantId tenant) {
    return PREFIX + tenant + "/";
  }

  private static LocalDate day(Instant expires) {
    return LocalDate.ofInstant(expires, ZoneOffset.UTC);
  }
}
