//! Signatures (Ed25519): what is signed over what, for enrolment, push and receipt. Keys are 32 bytes.
//!
//! A signature proves which device pushed and what the server held; it is stored with the push and with the receipt.
//! Letters and warrants are the server's word to its later self, kept by the devices in case it is restored.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use super::chunk::{change_hash, document_heads};
use super::message::{Ack, ActorName, EnrolRequest, Hash, Letter, SyncAnswer, SyncRequest};

const ENROL: &[u8] = b"ruhu-enrol-v1";
const PUSH: &[u8] = b"ruhu-push-v1";
const ACTOR_ID: &[u8] = b"ruhu-actor-id-v1";
const RECEIPT: &[u8] = b"ruhu-receipt-v1";
const LETTER: &[u8] = b"ruhu-letter-v1";
// Another tag, so that no undated letter says the same as a dated one.
const LETTER_DATED: &[u8] = b"ruhu-letter-dated-v1";
const ACTOR: &[u8] = b"ruhu-actor-v1";

/// A ticket's code without case, blanks and hyphens, as it is signed and looked up.
pub fn normalised_code(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// The actor id that a device makes of its public key and 8 random bytes. Nobody without the key can name bytes that give
/// the same, so an actor belongs to its device wherever it is first heard of.
pub fn actor_of(key: &[u8], nonce: &[u8]) -> [u8; 16] {
    let digest: Hash = Sha256::new().chain_update(ACTOR_ID).chain_update(key).chain_update(nonce).finalize().into();
    let mut actor = [0; 16];
    actor.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    actor
}

/// Fills in `key` and `sig` of an enrolment.
pub fn sign_enrol(request: &mut EnrolRequest, secret: &[u8; 32]) {
    let key = SigningKey::from_bytes(secret);
    request.key = ByteBuf::from(key.verifying_key().to_bytes());
    request.sig = signature(secret, &enrol_message(request));
}

/// Whether an enrolment is signed by the key it brings.
pub fn verify_enrol(request: &EnrolRequest) -> bool {
    holds(&request.key, &enrol_message(request), &request.sig)
}

fn enrol_message(request: &EnrolRequest) -> Vec<u8> {
    [ENROL, normalised_code(&request.code).as_bytes(), &request.key, &request.nonce].concat()
}

/// Signs a push: over the hashes of its changes in order. Empty when nothing is pushed; `None` when a change is not a
/// sound chunk (ours always are).
pub fn sign_push(request: &mut SyncRequest, secret: &[u8; 32]) -> Option<()> {
    let hashes = push_hashes(request)?;
    request.sig = if hashes.is_empty() { ByteBuf::new() } else { signature(secret, &push_message(&hashes)) };
    Some(())
}

/// Whether a push is signed by the device's key. A request that pushes nothing needs no signature. A change that is
/// not a sound chunk has no hash and spoils the signature of the whole push.
pub fn verify_push(request: &SyncRequest, key: &[u8]) -> bool {
    match push_hashes(request) {
        Some(hashes) if hashes.is_empty() => true,
        Some(hashes) => holds(key, &push_message(&hashes), &request.sig),
        None => false,
    }
}

/// The hashes of all pushed changes, in order.
pub fn push_hashes(request: &SyncRequest) -> Option<Vec<Hash>> {
    request.push.iter().flat_map(|p| &p.changes).map(|c| change_hash(c)).collect()
}

fn push_message(hashes: &[Hash]) -> Vec<u8> {
    [PUSH, &Sha256::digest(hashes.concat())[..]].concat()
}

/// What the answer says the server holds: what was pushed and acknowledged, the heads of whole files, the changes sent.
/// A head stands for every change behind it.
pub fn held(answer: &SyncAnswer) -> Vec<Ack> {
    let hashes = |found: Vec<Hash>| found.into_iter().map(ByteBuf::from).collect();
    let mut all = answer.acks.clone();
    all.extend(
        answer
            .whole
            .iter()
            .map(|w| Ack { household: w.household.clone(), heads: hashes(document_heads(&w.doc).unwrap_or_default()) }),
    );
    all.extend(answer.changes.iter().map(|p| Ack {
        household: p.household.clone(),
        heads: hashes(p.changes.iter().filter_map(|c| change_hash(c)).collect()),
    }));
    all
}

/// Signs what the server holds now; empty when the answer names nothing.
pub fn sign_receipt(answer: &mut SyncAnswer, secret: &[u8; 32]) {
    let held = held(answer);
    answer.receipt =
        if held.is_empty() { ByteBuf::new() } else { signature(secret, &receipt_message(answer.time, &held)) };
}

/// Whether the receipt is the server's. An answer that names nothing needs none.
pub fn verify_receipt(answer: &SyncAnswer, server_key: &[u8]) -> bool {
    let held = held(answer);
    held.is_empty() || verify_held(answer.time, &held, &answer.receipt, server_key)
}

/// Whether the server has signed that it held this.
pub fn verify_held(time: i64, held: &[Ack], receipt: &[u8], server_key: &[u8]) -> bool {
    holds(server_key, &receipt_message(time, held), receipt)
}

fn receipt_message(time: i64, held: &[Ack]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for ack in held {
        hasher.update(&ack.household);
        hasher.update((ack.heads.len() as u64).to_be_bytes());
        for head in &ack.heads {
            hasher.update(head);
        }
    }
    [RECEIPT, &time.to_be_bytes(), &hasher.finalize()[..]].concat()
}

/// Makes a letter the server's word.
pub fn sign_letter(letter: &mut Letter, secret: &[u8; 32]) {
    letter.sig = signature(secret, &letter_message(letter));
}

/// Whether a letter is the server's own word.
pub fn verify_letter(letter: &Letter, server_key: &[u8]) -> bool {
    holds(server_key, &letter_message(letter), &letter.sig)
}

fn letter_message(letter: &Letter) -> Vec<u8> {
    let person = &letter.person;
    let at = letter.at.to_be_bytes();
    let (tag, mut parts): (_, Vec<&[u8]>) = if letter.at == 0 { (LETTER, vec![]) } else { (LETTER_DATED, vec![&at]) };
    parts.extend([
        letter.device.as_bytes(),
        letter.name.as_bytes(),
        letter.key.as_slice(),
        person.id.as_bytes(),
        person.name.as_bytes(),
        person.title.code().as_bytes(),
    ]);
    parts.extend(person.scope.iter().map(|area| area.as_str().as_bytes()));
    [tag, &digest(&parts)[..]].concat()
}

/// Makes what is said of an actor the server's word; nothing without a warrant to sign.
pub fn sign_actor(actor: &mut ActorName, secret: &[u8; 32]) {
    let message = actor_message(actor);
    if let (Some(warrant), Some(message)) = (&mut actor.warrant, message) {
        warrant.sig = signature(secret, &message);
    }
}

/// Whether what is said of an actor is the server's own word.
pub fn verify_actor(actor: &ActorName, server_key: &[u8]) -> bool {
    match (&actor.warrant, actor_message(actor)) {
        (Some(warrant), Some(message)) => holds(server_key, &message, &warrant.sig),
        _ => false,
    }
}

fn actor_message(actor: &ActorName) -> Option<Vec<u8>> {
    let warrant = actor.warrant.as_ref()?;
    let parts: [&[u8]; 7] = [
        &actor.actor,
        actor.person.as_bytes(),
        actor.name.as_bytes(),
        actor.device.as_bytes(),
        warrant.device.as_bytes(),
        &warrant.key,
        warrant.title.code().as_bytes(),
    ];
    Some([ACTOR, &digest(&parts)[..]].concat())
}

/// Each part with its length before it, so that nothing moves from one into the next.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The public key of a secret one.
pub fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(secret).verifying_key().to_bytes()
}

pub(super) fn signature(secret: &[u8; 32], message: &[u8]) -> ByteBuf {
    ByteBuf::from(SigningKey::from_bytes(secret).sign(message).to_bytes())
}

pub(super) fn holds(key: &[u8], message: &[u8], sig: &[u8]) -> bool {
    let (Ok(key), Ok(sig)) = (<[u8; 32]>::try_from(key), Signature::from_slice(sig)) else { return false };
    VerifyingKey::from_bytes(&key).is_ok_and(|key| key.verify_strict(message, &sig).is_ok())
}
