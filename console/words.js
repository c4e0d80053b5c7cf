/** All that staff read in the console. */

export const TITLE = "Bàn làm việc của cán bộ";
export const PROVINCE = "Tỉnh Quảng Ngãi";
export const SKIP = "Đến nội dung chính";

export const UNREACHABLE = "Chưa nối được với máy chủ. Anh/chị thử lại sau ít phút.";
export const FAILED = "Việc này chưa làm được. Anh/chị thử lại giúp.";
export const OFFLINE =
  "Đang mất kết nối với máy chủ. Trang tự nối lại, nội dung đang soạn vẫn còn.";
export const BACK_ONLINE = "Đã nối lại với máy chủ.";
export const NOTICES = "Thông báo";
export const DISMISS = "Ẩn thông báo";

export const SIGN_IN = "Đăng nhập";
export const SIGN_IN_HEADING = "Đăng nhập bàn làm việc";
export const NAME = "Tên đăng nhập";
export const PASSWORD = "Mật khẩu";
export const SIGNING_IN = "Đang đăng nhập…";
export const SIGN_OUT = "Đăng xuất";
export const SESSION_OVER =
  "Phiên làm việc đã hết. Anh/chị đăng nhập lại, nội dung đang soạn vẫn còn.";
export const signedOutIdle = (minutes) =>
  `Đã ${minutes} phút không có thao tác nên trang tự đăng xuất. Nội dung đang soạn vẫn còn.`;
export const SIGNED_OUT =
  "Anh/chị đã đăng xuất. Các cuộc trò chuyện đang giữ được trả lại hàng chờ.";

export const VIEWS = { talks: "Trò chuyện", tickets: "Phiếu", audit: "Nhật ký" };
export const NAVIGATION = "Các phần của bàn làm việc";
export const ticketsOpen = (count) => (count ? `Phiếu (${count})` : "Phiếu");
export const ON_DUTY = "Đang trực";
export const DUTY_HINT = "Tắt khi anh/chị nghỉ: trang ngừng báo có người trực thay anh/chị.";
export const onDutyCount = (count) => `${count} cán bộ đang trực`;
export const DUTY_ON = "Anh/chị đang trực.";
export const DUTY_OFF = "Anh/chị đã ngừng trực.";
export const ROLES = { operator: "Cán bộ", supervisor: "Người phụ trách", admin: "Quản trị" };
export const DESK_OF_PROVINCE = "Tổng đài 1022 của tỉnh";
export const deskName = (desk) => desk || DESK_OF_PROVINCE;

export const QUEUE = "Hàng chờ";
export const waitingHeading = (count) => `Đang chờ (${count})`;
export const mineHeading = (count) => `Anh/chị đang giữ (${count})`;
export const othersHeading = (count) => `Người khác đang giữ (${count})`;
export const NOBODY_WAITS = "Chưa có ai chờ.";
export const NONE_MINE = "Anh/chị chưa giữ cuộc trò chuyện nào.";
export const place = (number) => `Thứ ${number}`;
export const URGENT = "Khẩn cấp";
export const REASONS = {
  danger: "Có thể có nguy hiểm",
  denunciation: "Muốn tố cáo",
  request: "Xin gặp cán bộ",
  missed: "Trợ lý không hiểu",
};
export const CHANNELS = {
  web: "Trang web",
  socketio: "Trang web",
  hotline: "Tổng đài nhắn tin",
  zalo: "Zalo",
  rest: "Kết nối máy",
  chatwoot: "Bàn hỗ trợ ngoài",
};
export const waited = (minutes) => {
  if (minutes < 1) return "vừa đến";
  if (minutes < 60) return `chờ ${minutes} phút`;
  const rest = minutes % 60;
  return `chờ ${Math.floor(minutes / 60)} giờ${rest ? ` ${rest} phút` : ""}`;
};
export const unread = (count) => `${count} tin chưa trả lời`;
export const heldBy = (name) => `${name} đang giữ`;
export const CLAIM = "Nhận";
export const claimOf = (id) => `Nhận cuộc trò chuyện số ${id}`;
export const PREVIEW = "Xem trước";
export const previewOf = (id) => `Xem trước cuộc trò chuyện số ${id}`;
export const OPEN = "Mở";
export const openOf = (id) => `Mở cuộc trò chuyện số ${id}`;
export const newTalk = (reason) => `Có người mới vào hàng chờ: ${reason}.`;
export const newTalks = (count) => `Có ${count} người mới vào hàng chờ.`;
export const newLines = (id) => `Người dân viết thêm trong cuộc trò chuyện số ${id}.`;
export const claimed = (id) => `Anh/chị đã nhận cuộc trò chuyện số ${id}.`;
export const talkHeading = (id) => `Cuộc trò chuyện số ${id}`;
export const BACK = "Về hàng chờ";
export const CHOOSE_TALK = "Anh/chị chọn một cuộc trò chuyện ở hàng chờ.";
export const TALK = "Cuộc trò chuyện";
export const SUMMARY = "Tóm tắt";
export const NEED = "Người dân cần";
export const PROCEDURE = "Thủ tục";
export const REASON = "Vì sao chuyển";
export const TRIED = "Trợ lý đã trả lời về";
export const MISSED = "Số tin trợ lý không hiểu";
export const DOSSIERS = "Hồ sơ đã xác minh";
export const DESK = "Nơi nhận";
export const CHANNEL = "Kênh";
export const SINCE = "Chuyển lúc";
export const TOPICS = {
  documents: "giấy tờ",
  fee: "phí, lệ phí",
  processing_time: "thời hạn",
  place: "nơi nộp",
  where_to_apply: "nơi nộp",
  online: "nộp trực tuyến",
  steps: "các bước",
  eligibility: "điều kiện",
  legal_basis: "căn cứ pháp lý",
  form: "mẫu đơn",
  result: "kết quả",
  service_level: "mức độ trực tuyến",
  payment: "cách trả tiền",
  payment_problem: "sự cố trả tiền",
  receipt: "biên lai",
  status: "tình trạng hồ sơ",
  late_dossier: "hồ sơ trễ hẹn",
  office: "cơ quan",
  list: "danh sách thủ tục",
  procedure: "thủ tục",
  checklist: "bản tóm tắt thủ tục",
  life_event: "việc cần làm theo sự kiện",
  scam: "dấu hiệu lừa đảo",
  account: "tài khoản",
  privacy: "dữ liệu cá nhân",
  feedback: "phản ánh",
  ticket: "phiếu",
};
export const OTHER_TOPIC = "việc khác";

export const LOG = "Tin nhắn";
export const EARLIER = "Trước khi chuyển cán bộ";
export const SINCE_HANDOVER = "Từ khi chuyển cán bộ";
export const AUTHORS = { citizen: "Người dân", bot: "Trợ lý", operator: "Cán bộ" };
export const DELIVERED = "đã tới";
export const NOT_DELIVERED = "chưa tới";
export const NOT_YOURS = "Anh/chị đang xem trước. Nhận cuộc trò chuyện rồi mới trả lời được.";
export const held = (name) => `${name} đang giữ cuộc trò chuyện này. Anh/chị chỉ xem được.`;

export const ANSWER = "Câu trả lời";
export const ANSWER_HINT = "Phím Enter gửi, Shift và Enter xuống dòng.";
export const SEND = "Gửi";
export const SENDING = "Đang gửi…";
export const SEND_AGAIN = "Gửi lại";
export const lettersLeft = (count) =>
  count < 0 ? `Dài quá ${-count} ký tự.` : `Còn ${count} ký tự.`;
export const NOT_SENT =
  "Chưa chắc câu này đã gửi được. Anh/chị bấm Gửi lại, người dân không nhận hai lần.";

export const LOST =
  "Cuộc trò chuyện này không còn ở chỗ anh/chị: người khác đã nhận, đã quá giờ giữ, " +
  "hoặc người dân đã kết thúc.";
export const ENDED = "Cuộc trò chuyện này đã kết thúc.";
export const GONE = "Cuộc trò chuyện này không còn nữa.";
export const HELD_BY_OTHER = "Người khác đã nhận cuộc trò chuyện này.";
export const DRAFT_KEPT = "Nội dung anh/chị đang soạn, để chép lại";
export const COPY = "Chép";
export const COPIED = "Đã chép.";
export const COPY_FAILED = "Trình duyệt không cho chép. Nội dung đã được chọn sẵn.";
export const THROW_AWAY = "Bỏ nội dung này";

export const REVEAL = "Xem số bị che";
export const REVEAL_ASK =
  "Anh/chị sắp xem số mà người dân đã viết. Lần xem này được ghi vào nhật ký.";
export const REVEALED = "Số bị che";
export const NOTHING_SEALED = "Không còn số nào để xem.";
export const CANCEL = "Thôi";
export const TRANSFER = "Chuyển nơi khác";
export const TRANSFER_ASK = "Chuyển cuộc trò chuyện đến hàng chờ của nơi khác";
export const TRANSFER_TO = "Nơi nhận";
export const TRANSFERRED = "Đã chuyển cuộc trò chuyện.";
export const NO_DESKS = "Chưa có nơi nào khác để chuyển.";
export const GIVE_BACK = "Trả lại hàng chờ";
export const GIVE_BACK_ASK = "Cuộc trò chuyện trở lại hàng chờ, cán bộ khác có thể nhận.";
export const GIVEN_BACK = "Đã trả cuộc trò chuyện lại hàng chờ.";
export const RETURN = "Giao cho trợ lý";
export const RETURN_ASK = "Trợ lý (máy) sẽ trả lời tiếp người dân. Cuộc trò chuyện rời hàng chờ.";
export const RETURNED = "Đã giao cuộc trò chuyện cho trợ lý.";
export const CLOSE = "Kết thúc";
export const CLOSE_ASK = "Kết thúc cuộc trò chuyện";
export const CLOSE_REASON = "Lý do";
export const CLOSE_REASONS = {
  solved: "Đã giải quyết xong",
  referred: "Đã chỉ đến nơi khác",
  no_answer: "Người dân không trả lời",
  abuse: "Lời lẽ xúc phạm hoặc quấy rối",
};
export const CLOSE_NOTE = "Ghi chú cho cán bộ (không bắt buộc)";
export const CLOSED = "Đã kết thúc cuộc trò chuyện.";

export const TOOLS = "Công cụ trả lời";
export const PREPARED = "Câu soạn sẵn";
export const NO_PREPARED = "Chưa có câu soạn sẵn.";
export const INSERTED = "Đã chèn vào câu trả lời. Anh/chị xem lại rồi gửi.";
export const INSERT = "Chèn";
export const insertOf = (name) => `Chèn ${name}`;
export const CATALOGUE = "Tra thủ tục";
export const CATALOGUE_QUERY = "Tên thủ tục hoặc việc cần làm";
export const SEARCH = "Tìm";
export const CATALOGUE_WITH = "Chèn tên, đường dẫn và";
export const FACTS = { documents: "Giấy tờ", fees: "Phí, lệ phí", time: "Thời hạn" };
export const found = (count) => (count ? `${count} thủ tục.` : "Không tìm thấy thủ tục nào.");
export const LEVELS = { commune: "cấp xã", province: "cấp tỉnh" };

export const TICKETS = "Phiếu của người dân";
export const TICKET_STATES = { open: "Chưa trả lời", answered: "Đã trả lời", closed: "Đã đóng" };
export const TICKET_FILTER = "Xem phiếu";
export const NO_TICKETS = "Không có phiếu nào.";
export const TICKET_KINDS = {
  message: "Lời nhắn",
  call_back: "Xin gọi lại",
  suggestion: "Góp ý",
  complaint: "Phản ánh",
  denunciation: "Tố cáo",
  late_dossier: "Hồ sơ trễ hẹn",
  payment: "Trả tiền",
};
export const OTHER_KIND = "Việc khác";
export const ticketHeading = (code, kind) => `Phiếu ${code}: ${kind}`;
export const TICKET_FACTS = {
  state: "Tình trạng",
  made_at: "Nhận lúc",
  due_at: "Hẹn trả lời trước",
  channel: "Kênh",
  field: "Lĩnh vực",
  level: "Cấp",
  agency: "Cơ quan",
  place: "Nơi xảy ra",
};
export const overdue = (text) => `${text} (đã quá hẹn)`;
export const TICKET_TEXT = "Người dân viết";
export const TICKET_ANSWER = "Trả lời của cơ quan";
export const TICKET_SEND = "Gửi trả lời";
export const TICKET_ANSWERED = "Đã gửi trả lời cho phiếu.";
export const TICKET_CLOSE = "Đóng phiếu";
export const TICKET_CLOSE_ASK = "Phiếu đóng rồi thì không trả lời thêm được.";
export const TICKET_CLOSED = "Đã đóng phiếu.";
export const TICKET_CONTACT = "Xem số điện thoại";
export const TICKET_CONTACT_ASK =
  "Anh/chị sắp xem số điện thoại mà người dân để lại. Lần xem này được ghi vào nhật ký.";
export const TICKET_NUMBER = "Số điện thoại";

export const AUDIT = "Nhật ký việc đã làm";
export const AUDIT_COLUMNS = ["Lúc", "Tài khoản", "Việc", "Đối tượng", "Chi tiết"];
export const NO_AUDIT = "Nhật ký chưa có gì.";
export const RELOAD = "Tải lại";
export const ACTIONS = {
  sign_in: "Đăng nhập",
  sign_in_failed: "Đăng nhập không được",
  locked: "Bị khóa tạm",
  sign_out: "Đăng xuất",
  duty: "Đổi tình trạng trực",
  claim: "Nhận trò chuyện",
  answer: "Trả lời",
  transfer: "Chuyển nơi khác",
  give_back: "Trả lại hàng chờ",
  return: "Giao cho trợ lý",
  close: "Kết thúc",
  read: "Đọc trò chuyện đã xong",
  reveal: "Xem số bị che",
  ticket_answer: "Trả lời phiếu",
  ticket_close: "Đóng phiếu",
  ticket_contact: "Xem số điện thoại trên phiếu",
  account_add: "Thêm tài khoản",
  account_password: "Đặt lại mật khẩu",
  account_disable: "Khóa tài khoản",
  account_enable: "Mở tài khoản",
  account_unlock: "Mở khóa đăng nhập",
};
export const SUBJECTS = { handover: "Cuộc trò chuyện", ticket: "Phiếu", staff: "Tài khoản" };

/** What is put into answers to citizens: the bot's own words for the catalogue's facts. */
export const CITED = {
  named: (name, link) => `Thủ tục “${name}”: ${link}`,
  documents: "Giấy tờ cần có:",
  fees: "Phí, lệ phí:",
  time: "Thời hạn giải quyết:",
  documents_unpublished: "Giấy tờ phải nộp: nguồn dữ liệu chưa công bố.",
  fees_unpublished: "Mức phí: nguồn dữ liệu chưa công bố. Anh/chị hỏi nơi nhận hồ sơ trước khi đi.",
  time_unpublished: "Thời hạn: nguồn dữ liệu chưa công bố.",
  item: (text) => `- ${text}`,
  case: (name, text) => `- ${name}: ${text}`,
  counts: { original: (count) => `${count} bản chính`, copy: (count) => `${count} bản sao` },
  channels: {
    online: "Nộp trực tuyến",
    direct: "Nộp trực tiếp",
    postal: "Nộp qua bưu chính",
    all: "Mọi cách nộp",
  },
  unpublished: "chưa công bố",
  free: "không thu tiền",
  dong: "đồng",
  units: {
    working_day: "ngày làm việc",
    day: "ngày",
    hour: "giờ",
    month: "tháng",
    year: "năm",
  },
  note: (text) => `Lưu ý: ${text}`,
  until: (text, day) => `${text}, đến hết ngày ${day}`,
  source: (title, day) => `Nguồn: ${title}, kiểm tra ngày ${day}.`,
  expired: (day) => `Thông tin này hết hiệu lực sau ngày ${day}, chưa có thông tin mới.`,
  upcoming: (day) => `Từ ngày ${day}, thông tin này thay đổi.`,
  more: (count) => `Còn ${count} dòng nữa, anh/chị xem đủ ở đường dẫn trên.`,
};
