#include "services/vault/pkcs11.hpp"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <vector>

namespace nrm {
namespace {
constexpr char version = 1;
constexpr std::size_t nonce_size = 12, key_size = 32, tag_size = 16;

CK_BYTE* bytes_of(std::string_view text) {
  return reinterpret_cast<CK_BYTE*>(const_cast<char*>(text.data()));  // the C API takes no const
}

Error refused(const char* what, CK_RV code) {
  const bool pin = code == CKR_PIN_INCORRECT || code == CKR_PIN_LOCKED || code == CKR_PIN_INVALID;
  return Error(pin ? Code::forbidden : Code::unavailable, "",
               std::string("the token: ") + what + (pin ? ": the PIN is wrong or locked" : "") +
                   " (CKR " + std::to_string(code) + ")");
}

// One module, one session. The module is told to lock by itself; we use it from one thread.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (handle_ != 0) api_->C_CloseSession(handle_);
    if (ours_) api_->C_Finalize(nullptr);
    if (module_ != nullptr) ::dlclose(module_);
  }

  Result<void> open(const TokenPlace& place, const Sensitive<std::string>& pin) {
    NRM_TRY(load(place.module));
    NRM_TRY_ASSIGN(const CK_SLOT_ID slot, find_slot(place.token));
    CK_RV done =
        api_->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle_);
    if (done != CKR_OK) return refused("no session", done);
    done = api_->C_Login(handle_, CKU_USER, bytes_of(pin.reveal()), pin.reveal().size());
    if (done != CKR_OK && done != CKR_USER_ALREADY_LOGGED_IN) return refused("no login", done);
    return {};
  }

  // 0: there is none of this label.
  Result<CK_OBJECT_HANDLE> find_key(const std::string& label) {
    CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
    CK_KEY_TYPE aes = CKK_AES;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &secret, sizeof secret},
                             {CKA_KEY_TYPE, &aes, sizeof aes},
                             {CKA_LABEL, bytes_of(label), label.size()}};
    CK_RV done = api_->C_FindObjectsInit(handle_, wanted, std::size(wanted));
    if (done != CKR_OK) return refused("no search", done);
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0;
    done = api_->C_FindObjects(handle_, &found, 1, &count);
    api_->C_FindObjectsFinal(handle_);
    if (done != CKR_OK) return refused("no search", done);
    return count == 1 ? found : 0;
  }

  bool extractable(CK_OBJECT_HANDLE key) {
    CK_BBOOL out = CK_TRUE;
    CK_ATTRIBUTE asked[] = {{CKA_EXTRACTABLE, &out, sizeof out}};
    return api_->C_GetAttributeValue(handle_, key, asked, 1) != CKR_OK || out != CK_FALSE;
  }

  CK_FUNCTION_LIST* api() const { return api_; }
  CK_SESSION_HANDLE handle() const { return handle_; }

 private:
  Result<void> load(const std::string& path) {
    module_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module_ == nullptr)
      return Error(Code::not_found, "", path + ": this PKCS#11 module cannot be loaded");
    const auto entry =
        reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module_, "C_GetFunctionList"));
    if (entry == nullptr || entry(&api_) != CKR_OK)
      return Error(Code::not_found, "", path + ": this is not a PKCS#11 module");
    const CK_RV done = api_->C_Initialize(nullptr);
    ours_ = done == CKR_OK;
    if (!ours_ && done != CKR_CRYPTOKI_ALREADY_INITIALIZED) return refused("does not start", done);
    return {};
  }

  Result<CK_SLOT_ID> find_slot(const std::string& label) {
    CK_ULONG count = 0;
    CK_RV done = api_->C_GetSlotList(CK_TRUE, nullptr, &count);
    std::vector<CK_SLOT_ID> slots(count);
    if (done == CKR_OK) done = api_->C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (done != CKR_OK) return refused("no slots", done);
    for (const CK_SLOT_ID slot : slots) {
      CK_TOKEN_INFO info{};
      if (api_->C_GetTokenInfo(slot, &info) != CKR_OK) continue;
      // Blank padded, as the standard has it.
      std::string_view name(reinterpret_cast<const char*>(info.label), sizeof info.label);
      while (name.ends_with(' ')) name.remove_suffix(1);
      if (name == label) return slot;
    }
    return Error(Code::not_found, "", "no token has the label \"" + label + '"');
  }

  void* module_ = nullptr;
  CK_FUNCTION_LIST* api_ = nullptr;
  CK_SESSION_HANDLE handle_ = 0;
  bool ours_ = false;
};

class MasterInToken final : public MasterKey {
 public:
  explicit MasterInToken(std::unique_ptr<Session> session, CK_OBJECT_HANDLE key)
      : session_(std::move(session)), key_(key) {}

  Result<std::string> wrap(std::string_view bound, const crypto::SecretKey& key) override {
    std::string out(1 + nonce_size + key_size + tag_size, '\0');
    out[0] = version;
    crypto::SecretKey::random().reveal().copy(out.data() + 1, nonce_size);
    Mechanism gcm(std::string_view(out).substr(1, nonce_size), bound);
    auto& api = *session_->api();
    CK_RV done = api.C_EncryptInit(session_->handle(), gcm.get(), key_);
    CK_ULONG size = key_size + tag_size;
    if (done == CKR_OK)
      done = api.C_Encrypt(session_->handle(), bytes_of(key.reveal()), key_size,
                           bytes_of(std::string_view(out).substr(1 + nonce_size)), &size);
    if (done != CKR_OK) return refused("does not wrap", done);
    if (size != key_size + tag_size) return Error(Code::unavailable, "", "the token: another size");
    return out;
  }

  Result<crypto::SecretKey> unwrap(std::string_view bound, std::string_view wrapped) override {
    const Error not_ours(Code::corrupt, "", "this cannot be opened with this key");
    if (wrapped.size() != 1 + nonce_size + key_size + tag_size || wrapped[0] != version)
      return not_ours;
    Mechanism gcm(wrapped.substr(1, nonce_size), bound);
    auto& api = *session_->api();
    const CK_RV begun = api.C_DecryptInit(session_->handle(), gcm.get(), key_);
    if (begun != CKR_OK) return refused("does not unwrap", begun);
    crypto::KeySlot plain;  // room for what a token writes before it has checked the tag
    CK_ULONG size = crypto::KeySlot::bytes;
    const auto sealed = wrapped.substr(1 + nonce_size);
    const CK_RV done =
        api.C_Decrypt(session_->handle(), bytes_of(sealed), sealed.size(), plain.data(), &size);
    if (done == CKR_SESSION_HANDLE_INVALID || done == CKR_DEVICE_ERROR ||
        done == CKR_DEVICE_REMOVED || done == CKR_TOKEN_NOT_PRESENT)
      return refused("does not unwrap", done);
    if (done != CKR_OK || size != key_size) return not_ours;
    return crypto::SecretKey::from({reinterpret_cast<const char*>(plain.data()), key_size});
  }

 private:
  class Mechanism {
   public:
    Mechanism(std::string_view nonce, std::string_view bound)
        : params_{bytes_of(nonce), nonce.size(), nonce.size() * 8,
                  bytes_of(bound), bound.size(), tag_size * 8},
          mechanism_{CKM_AES_GCM, &params_, sizeof params_} {}
    CK_MECHANISM* get() { return &mechanism_; }

   private:
    CK_GCM_PARAMS params_;
    CK_MECHANISM mechanism_;
  };

  std::unique_ptr<Session> session_;
  const CK_OBJECT_HANDLE key_;
};
}  // namespace

Result<std::unique_ptr<MasterKey>> open_token(const TokenPlace& place,
                                              const Sensitive<std::string>& pin) {
  auto session = std::make_unique<Session>();
  NRM_TRY(session->open(place, pin));
  NRM_TRY_ASSIGN(const CK_OBJECT_HANDLE key, session->find_key(place.key));
  if (key == 0) return Error(Code::not_found, "", "the token has no AES key \"" + place.key + '"');
  if (session->extractable(key))
    return Error(Code::forbidden, "",
                 "the key \"" + place.key + "\" could be taken out of the token: make another one");
  return std::unique_ptr<MasterKey>(std::make_unique<MasterInToken>(std::move(session), key));
}

Result<void> make_token_key(const TokenPlace& place, const Sensitive<std::string>& pin) {
  Session session;
  NRM_TRY(session.open(place, pin));
  NRM_TRY_ASSIGN(const CK_OBJECT_HANDLE there, session.find_key(place.key));
  if (there != 0)
    return Error(Code::already_exists, "", "the token has a key \"" + place.key + "\" already");
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ULONG size = key_size;
  CK_ATTRIBUTE wanted[] = {{CKA_LABEL, bytes_of(place.key), place.key.size()},
                           {CKA_VALUE_LEN, &size, sizeof size},
                           {CKA_TOKEN, &yes, sizeof yes},
                           {CKA_PRIVATE, &yes, sizeof yes},
                           {CKA_SENSITIVE, &yes, sizeof yes},
                           {CKA_EXTRACTABLE, &no, sizeof no},
                           {CKA_ENCRYPT, &yes, sizeof yes},
                           {CKA_DECRYPT, &yes, sizeof yes}};
  CK_MECHANISM generate{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE made = 0;
  const CK_RV done =
      session.api()->C_GenerateKey(session.handle(), &generate, wanted, std::size(wanted), &made);
  if (done != CKR_OK) return refused("makes no key", done);
  return {};
}
}  // namespace nrm
