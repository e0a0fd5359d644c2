package io.anyserve.ingress.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.v1.ContentPart;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

final class ContentPartReaderTest {

  private static final ByteString PNG =
      ByteString.fromHex("89504e470d0a1a0a0000000d494844520000000200000003");
  private static final String BASE64 = Base64.getEncoder().encodeToString(PNG.toByteArray());
  private static final String URL = "messages[0].content[0].image_url.url";

  @Test
  void textsAndImagesKeepTheirOrder() {
    List<ContentPart> parts =
        read(
            "{'type':'text','text':'a'},"
                + image("DATA:image/PNG;base64," + BASE64)
                + ",{'type':'text','text':'b'},"
                + "{'type':'image_url','image_url':{'url':'data:image/jpg;base64,"
                + BASE64
                + "','detail':'high'}}");
    assertEquals(List.of("a", "", "b", ""), parts.stream().map(ContentPart::getText).toList());
    assertEquals(PNG, parts.get(1).getImage().getData());
    assertEquals(PNG, parts.get(3).getImage().getData());
    assertTrue(ContentPartReader.hasImage(parts));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "https://example.org/a.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://example.org/a.png",
        "a.png",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "data:text/plain;base64,AAAA",
        "data:image/png,AAAA",
        "data:image/png;base64",
        "data:image/png;base64,",
        "data:image/png;base64,AAAA",
        "data:image/png;base64,A!AA",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA//8AAP//",
      })
  void otherUrlsAreRefusedByName(String url) {
    ApiError refused = refused(image(url));
    assertEquals(Optional.of(URL), refused.param());
    assertEquals(400, refused.status());
    assertTrue(refused.message().startsWith(URL + ": "), refused.message());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "messages[0].content[0].type|{'type':'input_audio'}",
        "messages[0].content[0].image_url|{'type':'image_url'}",
        "messages[0].content[0].image_url|{'type':'image_url','image_url':'data:'}",
        "messages[0].content[0].image_url.url|{'type':'image_url','image_url':{}}",
        "messages[0].content[0].image_url.detail|"
            + "{'type':'image_url','image_url':{'url':'data:','detail':'low'}}",
        "messages[0].content[0].image_url.more|"
            + "{'type':'image_url','image_url':{'url':'data:','more':1}}",
      })
  void whatIsWrongIsNamed(String parameter, String part) {
    assertEquals(Optional.of(parameter), refused(part).param());
  }

  @Test
  void imagesAreForUsers() {
    BodyFields message = message(image("data:image/png;base64," + BASE64));
    var refused =
        assertThrows(ApiException.class, () -> ContentPartReader.read(message, "assistant"));
    assertEquals(Optional.of("messages[0].content[0].type"), refused.error().param());
  }

  private static String image(String url) {
    return "{'type':'image_url','image_url':{'url':'" + url + "'}}";
  }

  private static ApiError refused(String parts) {
    return assertThrows(ApiException.class, () -> read(parts)).error();
  }

  private static List<ContentPart> read(String parts) {
    return ContentPartReader.read(message(parts), "user");
  }

  private static BodyFields message(String parts) {
    String json = ("{'content':[" + parts + "]}").replace('\'', '"');
    return new BodyFields("messages[0].", JsonMapper.shared().readTree(json));
  }
}
