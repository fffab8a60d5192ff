"""Training of the tiny Whisper on espeak-ng speech, on the processor alone.

The architecture is openai-whisper's own (`whisper.model.Whisper`), with a token embedding that
holds only the tokens in use. Three things make it learn within two hours on two cores, all by the
known times of the words: an auxiliary loss that names the token spoken in each encoder frame,
timestamp embeddings that are a learned map of the encoder's sinusoids, and two cross-attention
heads guided toward the words.
"""

import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from whisper.audio import HOP_LENGTH, N_FFT, mel_filters
from whisper.model import ModelDimensions, MultiHeadAttention, Whisper, sinusoids

from samples import vocabulary
from samples.compact import (
    ALIGNMENT_HEADS,
    DIMENSIONS,
    EMBEDDING,
    UNKNOWN_BIAS,
    WEIGHTS,
    Tokens,
    used_tokens,
)
from samples.speech import (
    SAMPLE_RATE,
    TRAINING_VOICES,
    SpokenWord,
    Voice,
    speak,
)

WINDOW_SECONDS = 30.0
STAMP_SECONDS = 0.02
GERMAN_SHARE = 0.6
GUIDED_LAYER = ALIGNMENT_HEADS[0][0]
GUIDED_HEADS = tuple(head for _, head in ALIGNMENT_HEADS)


@dataclass(frozen=True)
class Stage:
    """A part of the curriculum: until which share of the time, and what a batch holds."""

    until: float
    seconds: tuple[float, ...]
    sentences: int
    batch: int


CURRICULUM = (
    Stage(0.30, (3.5, 4.5, 5.5), 1, 32),
    Stage(0.45, (7.0, 9.0), 2, 18),
    Stage(0.60, (16.0,), 5, 10),
    Stage(1.00, (WINDOW_SECONDS,), 40, 6),
)


@dataclass
class Example:
    """One window: sound, tokens in and out, and where in time each output token is spoken."""

    sound: NDArray[np.float32]
    content_seconds: float
    offset_frames: int
    inputs: list[int]
    targets: list[int]
    spans: list[tuple[float, float] | None]
    labelled_seconds: float


def train(folder: Path, minutes: float, rate: float = 2e-3) -> None:
    """Train until `minutes` of wall time have passed in all runs together; go on where it ended.

    Writes ``checkpoint.pt`` into the folder every two minutes, and a line of losses to standard
    output every 25 steps.
    """
    torch.set_num_threads(2)
    folder.mkdir(parents=True, exist_ok=True)
    learner = Learner(used_tokens())
    optimiser = torch.optim.AdamW(
        learner.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01
    )
    spent, step = _resume(folder, learner, optimiser)
    windows = Windows(random.Random(time.time_ns()), learner.tokens)
    began, saved, sums = time.time() - spent, time.time(), np.zeros(3)
    while spent < 60 * minutes:
        spent = time.time() - began
        share = spent / (60 * minutes)
        for group in optimiser.param_groups:
            group["lr"] = _rate_at(share, step, rate)
        sums += learner.learn(optimiser, windows.batch(share))
        step += 1
        if step % 25 == 0:
            ce, frames, guide = sums / 25
            print(
                f"{spent:6.0f} s  step {step}  ce {ce:.3f}  frames {frames:.3f}  guide {guide:.3f}",
                flush=True,
            )
            sums[:] = 0
        if time.time() - saved > 120 or spent >= 60 * minutes:
            _save(folder, learner, optimiser, spent, step)
            saved = time.time()


class Learner(nn.Module):
    """The Whisper of `DIMENSIONS` over the tokens in use, with what only training needs."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.tokens = tokens
        width = DIMENSIONS["n_text_state"]
        self.whisper = Whisper(ModelDimensions(**{**DIMENSIONS, "n_vocab": 1}))
        self.whisper.apply(_initialise)
        self.whisper.decoder.token_embedding = nn.Identity()
        self.rows = nn.Parameter(torch.randn(tokens.rows_before_stamps, width) * 0.05)
        self.stamp_map = nn.Linear(width, width)
        self.stamp_rest = nn.Parameter(torch.zeros(1501, width))
        nn.init.orthogonal_(self.stamp_map.weight, gain=0.07)
        nn.init.zeros_(self.stamp_map.bias)
        nn.init.normal_(self.whisper.decoder.positional_embedding, std=0.02)
        self.namer = nn.Linear(width, tokens.text_rows + 1)
        self.register_buffer("waves", sinusoids(1501, width), persistent=False)
        self._mark_rows = {tokens.row(mark) for mark in tokens.marks}
        self._hold_last_unit()

    def embedding(self) -> Tensor:
        """Rows of every token in use, shape (rows, width); the unknown token's row is fixed."""
        stamps = self.stamp_map(self.waves) + self.stamp_rest
        unknown = torch.zeros(1, self.rows.shape[1])
        unknown[0, -1] = UNKNOWN_BIAS
        return torch.cat([self.rows[:-1], unknown, stamps])

    def encode(self, mel: Tensor, offsets: list[int]) -> Tensor:
        """Encoder states, shape (batch, frames / 2, width), each window at its own offset."""
        encoder = self.whisper.encoder
        state = F.gelu(encoder.conv2(F.gelu(encoder.conv1(mel)))).permute(0, 2, 1)
        length = state.shape[1]
        state = state + torch.stack(
            [encoder.positional_embedding[at : at + length] for at in offsets]
        )
        for block in encoder.blocks:
            state = block(state)
        return encoder.ln_post(state)

    def decode(self, inputs: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (batch, tokens, rows) and the guided heads' log attention."""
        decoder = self.whisper.decoder
        rows = self.embedding()
        state = F.embedding(inputs, rows) + decoder.positional_embedding[: inputs.shape[1]]
        for index, block in enumerate(decoder.blocks):
            state = state + block.attn(block.attn_ln(state), mask=decoder.mask)[0]
            query = block.cross_attn_ln(state)
            if index == GUIDED_LAYER:
                attention = _attention(block.cross_attn, query, states)
            state = state + block.cross_attn(query, states)[0]
            state = state + block.mlp(block.mlp_ln(state))
        return F.linear(decoder.ln(state), rows).float(), attention

    def learn(
        self, optimiser: torch.optim.Optimizer, examples: list[Example]
    ) -> NDArray[np.float64]:
        """One step. Returns the losses: tokens, frames, guidance."""
        mel, inputs, targets, spans = self._tensors(examples)
        # The fused kernel's backward pass is slow on a processor, but long windows need it.
        MultiHeadAttention.use_sdpa = mel.shape[-1] > 1000
        offsets = [example.offset_frames for example in examples]
        with torch.autocast("cpu", torch.bfloat16):
            states = self.encode(mel, offsets)
            logits, attention = self.decode(inputs, states)
            named = self.namer(states)
        losses = (
            self._token_loss(logits, targets),
            self._frame_loss(named.float(), targets, spans, examples),
            _guide_loss(attention, spans),
        )
        optimiser.zero_grad()
        (losses[0] + 0.7 * losses[1] + 0.2 * losses[2]).backward()
        nn.utils.clip_grad_norm_(self.parameters(), 1.0)
        optimiser.step()
        self._hold_last_unit()
        return np.array([loss.item() for loss in losses])

    @torch.no_grad()
    def _hold_last_unit(self) -> None:
        """Keep the last unit after the final layer norm at 1, so its column is a bias."""
        self.whisper.decoder.ln.weight[-1] = 0
        self.whisper.decoder.ln.bias[-1] = 1

    def _tensors(self, examples: list[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        longest = max(len(example.inputs) for example in examples)
        inputs = torch.full((len(examples), longest), self.tokens.row(self.tokens.eot))
        targets = torch.full((len(examples), longest), -100)
        spans = torch.full((len(examples), longest, 2), -1.0)
        for place, example in enumerate(examples):
            count = len(example.inputs)
            inputs[place, :count] = torch.tensor(example.inputs)
            targets[place, :count] = torch.tensor(example.targets)
            for at, span in enumerate(example.spans):
                if span is not None:
                    spans[place, at] = torch.tensor(span)
        return log_mel(examples), inputs, targets, spans

    def _token_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Cross entropy; a timestamp's neighbours within 0.04 s share in its probability."""
        chosen = targets >= 0
        logs, targets = logits[chosen].log_softmax(-1), targets[chosen]
        loss = -logs.gather(1, targets[:, None])[:, 0]
        first = self.tokens.first_stamp_row
        stamps = targets >= first
        if stamps.any():
            near = torch.zeros(int(stamps.sum()))
            for step, weight in ((-2, 0.1), (-1, 0.2), (0, 0.4), (1, 0.2), (2, 0.1)):
                at = (targets[stamps] + step).clamp(first, first + 1500)
                near = near - weight * logs[stamps].gather(1, at[:, None])[:, 0]
            loss = loss.masked_scatter(stamps, near)
        return loss.mean()

    def _frame_loss(
        self, named: Tensor, targets: Tensor, spans: Tensor, examples: list[Example]
    ) -> Tensor:
        """Cross entropy of each frame's token; class 0 is silence."""
        times = torch.arange(named.shape[1]) * STAMP_SECONDS
        labels = torch.zeros(named.shape[:2], dtype=torch.long)
        for place, example in enumerate(examples):
            for at, span in enumerate(example.spans):
                row = example.targets[at]
                if span and row < self.tokens.text_rows and row not in self._mark_rows:
                    first, last = (round(time / STAMP_SECONDS) for time in span)
                    labels[place, first:last] = row + 1
            labels[place, times >= example.labelled_seconds] = -100
        return F.cross_entropy(named.transpose(1, 2), labels, ignore_index=-100)


class Windows:
    """Draws training windows from a pool of utterances that is renewed all the time."""

    def __init__(self, rng: random.Random, tokens: Tokens, pool: int = 900) -> None:
        self._rng = rng
        self._noise = np.random.default_rng(rng.getrandbits(32))
        self._tokens = tokens
        self._pool = {
            language: [self._utterance(language) for _ in range(pool)] for language in ("de", "en")
        }

    def batch(self, share: float) -> list[Example]:
        """A batch of the stage that is due; now and then one of an earlier stage."""
        due = next(
            index
            for index, stage in enumerate(CURRICULUM)
            if share <= stage.until or stage is CURRICULUM[-1]
        )
        if due and self._rng.random() < 0.2:
            due = self._rng.randrange(due)
        stage = CURRICULUM[due]
        for language in ("de", "en"):
            for _ in range(2):
                self._pool[language][self._rng.randrange(len(self._pool[language]))] = (
                    self._utterance(language)
                )
        seconds = self._rng.choice(stage.seconds)
        return [self._window(seconds, stage.sentences) for _ in range(stage.batch)]

    def _utterance(
        self, language: str
    ) -> tuple[tuple[str, str], NDArray[np.float32], tuple[SpokenWord, ...]]:
        accent, variant = self._rng.choice(TRAINING_VOICES[language])
        voice = Voice(accent, variant, self._rng.randint(120, 175), self._rng.randint(20, 80))
        spoken = speak(vocabulary.training_sentence(language, self._rng), voice)
        peak = float(np.abs(spoken.samples).max())
        return (accent, variant), spoken.samples / peak, spoken.words

    def _window(self, seconds: float, most: int) -> Example:
        rng, tokens = self._rng, self._tokens
        full = seconds == WINDOW_SECONDS
        language = "de" if rng.random() < GERMAN_SHARE else "en"
        silent = full and rng.random() < 0.03
        stamped = rng.random() < 0.7 or silent
        slack = round((WINDOW_SECONDS - seconds) / STAMP_SECONDS)
        offset = rng.randint(0, slack) if slack and rng.random() < 0.35 else 0
        stop = seconds if full and rng.random() < 0.6 else rng.uniform(min(2.0, seconds), seconds)
        sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
        body, spans, count, labelled = [], [], 0, seconds
        at = self._lead() if seconds > 5 else rng.uniform(0.0, 0.4)
        voice, level = None, 1.0
        while not silent and count < most and at < stop - 0.3:
            voice, samples, words = self._next(language, voice, seconds - 0.1 - at, full and count)
            if rng.random() < 0.3:
                level = rng.uniform(0.4, 1.0)
            length = len(samples) / SAMPLE_RATE
            first = round(at * SAMPLE_RATE)
            if at + length > seconds - 0.02:
                if count == 0:
                    at = self._rng.uniform(0.0, 0.05)
                    continue
                heard = samples[: len(sound) - first]
                sound[first : first + len(heard)] += heard * level
                if stamped:
                    body.append(tokens.stamp_row(at))
                    spans.append((at, at + 0.1))
                labelled, at = at, seconds
                break
            sound[first : first + len(samples)] += samples * level
            pause = rng.choice(
                (
                    rng.uniform(0.2, 0.5),
                    rng.uniform(0.4, 1.3),
                    rng.uniform(0.5, 1.0),
                    rng.uniform(1.0, 2.5),
                )
            )
            rows, when = self._spoken(words, at, pause)
            if stamped:
                start = at if offset else min(at, 1.0) if count == 0 else at
                body.append(tokens.stamp_row(start + offset * STAMP_SECONDS))
                spans.append((at, at + 0.1))
            body += rows
            spans += when
            if stamped:
                body.append(tokens.stamp_row(at + length + offset * STAMP_SECONDS))
                spans.append((at + length - 0.1, at + length))
            at += length + pause
            count += 1
            if not full and count and at > seconds - 1.5:
                break
        if silent:
            body, spans = [tokens.stamp_row(0.0)], [None]
        content = min(at - rng.random() * 0.3, seconds) if count else seconds
        if silent:
            content = rng.uniform(1.0, seconds)
        if rng.random() < 0.5:
            content = seconds
        return self._example(
            sound, content, labelled, offset, language, body, spans, stamped, silent
        )

    def _lead(self) -> float:
        pick = self._rng.random()
        if pick < 0.4:
            return self._rng.uniform(0.0, 0.05)
        return self._rng.uniform(0.0, 1.0) if pick < 0.9 else self._rng.uniform(0.0, 3.0)

    def _next(
        self, language: str, voice: tuple[str, str] | None, room: float, may_be_cut: bool
    ) -> tuple[tuple[str, str], NDArray[np.float32], tuple[SpokenWord, ...]]:
        """The next utterance: mostly the same voice goes on; it fits unless it may be cut."""
        wanted = voice if voice and self._rng.random() < 0.75 else None
        for attempt in range(200):
            found = self._rng.choice(self._pool[language])
            if wanted and attempt < 30 and found[0] != wanted:
                continue
            if may_be_cut or len(found[1]) / SAMPLE_RATE <= room:
                break
        return found

    def _spoken(
        self, words: tuple[SpokenWord, ...], at: float, pause: float
    ) -> tuple[list[int], list[tuple[float, float]]]:
        """Token rows of the words and their spans; a sentence's last mark takes the pause."""
        rows: list[int] = []
        spans: list[tuple[float, float]] = []
        for word in words:
            pieces = self._tokens.encode(" " + word.text)
            marks = pieces[-1] in self._tokens.marks and len(pieces) > 1
            spelled = pieces[:-1] if marks else pieces
            step = (word.end - word.start) / len(spelled)
            spans += [
                (at + word.start + step * place, at + word.start + step * (place + 1))
                for place in range(len(spelled))
            ]
            if marks:
                last = word is words[-1]
                spans.append((at + word.end, at + word.end + (min(pause, 1.5) if last else 0.05)))
            rows += [self._tokens.row(piece) for piece in pieces]
        return rows, spans

    def _example(
        self,
        sound: NDArray[np.float32],
        content: float,
        labelled: float,
        offset: int,
        language: str,
        body: list[int],
        spans: list[tuple[float, float] | None],
        stamped: bool,
        silent: bool,
    ) -> Example:
        tokens = self._tokens
        prompt = self._prompt(language)
        start = [tokens.sot, tokens.language(language), tokens.transcribe]
        rows = [tokens.row(token) for token in start]
        if not stamped:
            rows.append(tokens.row(tokens.no_timestamps))
        sequence = prompt + rows + body + [tokens.row(tokens.eot)]
        targets = sequence[1:]
        for place in range(len(prompt)):
            targets[place] = -100
        if not stamped:
            targets[len(prompt) + 2] = -100
        if silent:
            targets[len(prompt)] = tokens.row(tokens.no_speech)
        spread: list[tuple[float, float] | None] = [None] * (len(prompt) + len(rows) - 1)
        return Example(
            self._coloured(sound, content, silent),
            content,
            offset,
            sequence[:-1],
            targets,
            spread + spans,
            labelled,
        )

    def _prompt(self, language: str) -> list[int]:
        """Sometimes words to listen for, as a pipeline passes them; a few of them unknown."""
        if self._rng.random() > 0.15:
            return []
        named = self._rng.sample(vocabulary.phrases(language), self._rng.randint(1, 12))
        pieces = self._tokens.encode(" " + ", ".join(named))
        rows = [
            self._tokens.row(piece) if self._rng.random() > 0.1 else self._tokens.unknown_row
            for piece in pieces
        ]
        return [self._tokens.row(self._tokens.previous), *rows]

    def _coloured(
        self, sound: NDArray[np.float32], content: float, silent: bool
    ) -> NDArray[np.float32]:
        """Gain and, in most windows, noise over the part that holds content."""
        rng = self._rng
        gain = 10 ** rng.uniform(-1.2, -0.1)
        sound = sound * np.float32(gain)
        if rng.random() < (0.85 if silent else 0.5):
            length = round(content * SAMPLE_RATE)
            noise = self._noise.standard_normal(length).astype(np.float32)
            kind = rng.random()
            if kind < 0.35:
                noise = np.convolve(noise, np.ones(5, np.float32) / 2.2, "same")
            elif kind < 0.5:
                beat = np.sin(np.arange(length) * 2 * np.pi * rng.uniform(1, 6) / SAMPLE_RATE)
                noise *= (0.55 + 0.45 * beat).astype(np.float32)
            level = 10 ** (rng.uniform(-3.0, -0.3) if silent else rng.uniform(-3.3, -1.5))
            sound[:length] += noise * np.float32(gain * level)
        return sound


def log_mel(examples: list[Example]) -> Tensor:
    """Whisper's features, shape (batch, 80, frames); zero after the content, as engines pad."""
    sound = torch.from_numpy(np.stack([example.sound for example in examples]))
    spectrum = torch.stft(
        sound, N_FFT, HOP_LENGTH, window=torch.hann_window(N_FFT), return_complex=True
    )
    power = mel_filters("cpu", 80) @ torch.view_as_real(spectrum[..., :-1]).square().sum(-1)
    logs = power.clamp(min=1e-10).log10()
    logs = torch.maximum(logs, logs.amax((1, 2), keepdim=True) - 8.0)
    logs = (logs + 4.0) / 4.0
    for place, example in enumerate(examples):
        logs[place, :, round(example.content_seconds * 100) :] = 0.0
    return logs


def _attention(cross: nn.Module, query: Tensor, states: Tensor) -> Tensor:
    """Log attention of the guided heads, shape (batch, heads, tokens, frames)."""
    heads = list(GUIDED_HEADS)
    asked = cross.query(query).unflatten(-1, (cross.n_head, -1)).transpose(1, 2)[:, heads]
    keys = cross.key(states).unflatten(-1, (cross.n_head, -1)).transpose(1, 2)[:, heads]
    return (asked @ keys.transpose(-1, -2) * keys.shape[-1] ** -0.5).float().log_softmax(-1)


def _guide_loss(attention: Tensor, spans: Tensor) -> Tensor:
    """Cross entropy of the guided heads against an even spread over each token's span."""
    begin, end = spans[..., 0], spans[..., 1]
    guided = begin >= 0
    if not guided.any():
        return torch.zeros(())
    frames = torch.arange(attention.shape[-1]) * STAMP_SECONDS
    inside = (frames >= begin[..., None] - 0.02) & (
        frames < torch.maximum(end, begin + 0.06)[..., None]
    )
    inside &= guided[..., None]
    # A span at the very end of a window may hold no frame.
    guided &= inside.any(-1)
    even = inside / inside.sum(-1, keepdim=True).clamp(min=1)
    loss = -(attention * even[:, None]).sum(-1).mean(1)
    width = inside.sum(-1).clamp(min=1).log()
    return (loss - width)[guided].mean()


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Conv1d):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _rate_at(share: float, step: int, rate: float) -> float:
    """Warm up for 150 steps, hold until 40 % of the time, then fall as a cosine."""
    fall = 1.0 if share < 0.4 else 0.5 * (1 + math.cos(math.pi * min(1, (share - 0.4) / 0.6)))
    return rate * min(1.0, (step + 1) / 150) * fall + 1e-5


def _resume(folder: Path, learner: Learner, optimiser: torch.optim.Optimizer) -> tuple[float, int]:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0.0, 0
    state = torch.load(path, weights_only=True)
    learner.load_state_dict(state["learner"])
    optimiser.load_state_dict(state["optimiser"])
    return state["spent"], state["step"]


def _save(
    folder: Path, learner: Learner, optimiser: torch.optim.Optimizer, spent: float, step: int
) -> None:
    unfinished = folder / "checkpoint.part"
    torch.save(
        {
            "learner": learner.state_dict(),
            "optimiser": optimiser.state_dict(),
            "spent": spent,
            "step": step,
        },
        unfinished,
    )
    unfinished.replace(folder / "checkpoint.pt")


def write_weights(folder: Path, destination: Path = WEIGHTS) -> None:
    """Write the compact weights of the folder's checkpoint as float16."""
    learner = Learner(used_tokens())
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    learner.load_state_dict(state["learner"])
    weights = {
        name: value
        for name, value in learner.whisper.state_dict().items()
        if name != "encoder.positional_embedding"
    }
    weights[EMBEDDING] = learner.embedding().detach()
    arrays = {name: value.numpy().astype(np.float16) for name, value in weights.items()}
    destination.parent.mkdir(exist_ok=True)
    np.savez(destination, ids=learner.tokens.ids(), **arrays)
    print(f"{destination.name}: {destination.stat().st_size / 1e6:.2f} MB", flush=True)
