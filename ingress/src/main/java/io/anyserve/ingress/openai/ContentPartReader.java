package io.anyserve.ingress.openai;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.image.ImageFormat;
import io.anyserve.contracts.image.ImageLimits;
import io.anyserve.v1.Image;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the parts of a message's content: texts, and images as data URLs. Other URLs are refused
 * and never fetched. Throws {@link ApiException}.
 */
final class ContentPartReader {

  private static final String CONTENT = "content";
  private static final String TYPE = "type";
  private static final String TEXT = "text";
  private static final String IMAGE = "image_url";
  private static final String URL = "url";
  private static final String DETAIL = "detail";
  private static final String DATA = "data:";
  private static final String BASE64 = ";base64";
  private static final String EXPECTED =
      "data:image/png;base64,... or data:image/jpeg;base64,...; other URLs are not fetched";

  /** As much of a URL as its scheme and media type may take. */
  private static final int LONGEST_HEAD = 128;

  /** Bytes that the end of a text in base64 may stand for and does not. */
  private static final int PADDING = 2;

  private ContentPartReader() {}

  static List<io.anyserve.v1.ContentPart> read(BodyFields message, String role) {
    return message.objects(CONTENT).stream().map(part -> part(part, role)).toList();
  }

  static boolean hasImage(List<io.anyserve.v1.ContentPart> parts) {
    return parts.stream().anyMatch(io.anyserve.v1.ContentPart::hasImage);
  }

  private static io.anyserve.v1.ContentPart part(BodyFields part, String role) {
    String type = part.requiredText(TYPE);
    var read = io.anyserve.v1.ContentPart.newBuilder();
    switch (type) {
      case TEXT -> {
        ParameterTable.TEXT_PART.check(part);
        read.setText(part.requiredText(TEXT));
      }
      case IMAGE -> {
        ParameterTable.IMAGE_PART.check(part);
        requireUser(part, role);
        read.setImage(Image.newBuilder().setData(image(part)));
      }
      default ->
          throw new ApiException(
              ApiError.unsupported(
                  part.at(TYPE),
                  "%s: %s is not offered (expected: text or image_url)"
                      .formatted(part.at(TYPE), BodyFields.printable(type))));
    }
    return read.build();
  }

  private static void requireUser(BodyFields part, String role) {
    if (!role.equals("user")) {
      throw BodyFields.invalid(
          part.at(TYPE),
          "%s: image_url in a message of the role %s (expected: only of the role user)"
              .formatted(part.at(TYPE), role));
    }
  }

  /** A model cuts every image in its own way: there is no other detail than its own. */
  private static ByteString image(BodyFields part) {
    BodyFields image = part.object(IMAGE).orElseThrow(() -> part.missing(IMAGE, "an object"));
    ParameterTable.IMAGE_URL.check(image);
    Optional<String> detail = image.text(DETAIL);
    if (detail.isPresent() && !detail.get().equals("auto") && !detail.get().equals("high")) {
      throw new ApiException(
          ApiError.unsupported(
              image.at(DETAIL),
              "%s: %s is not offered (expected: auto or high)"
                  .formatted(image.at(DETAIL), BodyFields.printable(detail.get()))));
    }
    return image(image.at(URL), image.requiredText(URL));
  }

  private static ByteString image(String at, String url) {
    String head = url.substring(0, Math.min(url.length(), LONGEST_HEAD));
    int comma = head.indexOf(',');
    if (!head.regionMatches(true, 0, DATA, 0, DATA.length()) || comma < 0) {
      throw refused(at, head);
    }
    String type = head.substring(DATA.length(), comma).toLowerCase(Locale.ROOT);
    if (!type.endsWith(BASE64) || ImageFormat.of(mediaType(type)).isEmpty()) {
      throw refused(at, head.substring(0, comma));
    }
    long bytes = (url.length() - comma - 1L) * 3 / 4;
    if (bytes - PADDING > ImageLimits.MOST_BYTES) {
      checked(at, () -> ImageLimits.requireSize(at, bytes));
    }
    ByteString data = decoded(at, url.substring(comma + 1));
    checked(at, () -> new ContentPart.Image(data));
    return data;
  }

  private static String mediaType(String type) {
    return type.substring(0, type.length() - BASE64.length());
  }

  private static ByteString decoded(String at, String text) {
    try {
      return UnsafeByteOperations.unsafeWrap(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw BodyFields.invalid(
          at,
          at + ": " + BodyFields.printable(String.valueOf(e.getMessage())) + " (expected: base64)");
    }
  }

  private static ApiException refused(String at, String head) {
    return BodyFields.invalid(
        at, at + ": " + BodyFields.printable(head) + " (expected: " + EXPECTED + ")");
  }

  private static void checked(String at, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      String problem = String.valueOf(e.getMessage());
      throw BodyFields.invalid(at, at + problem.substring(problem.indexOf(": ")));
    }
  }
}
