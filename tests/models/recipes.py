"""Small models of published packages, each with an input: what is run before and after a fix."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple


class Recipe(NamedTuple):
    """How the model of a module is built; the first of what it gives is the model, the rest are its arguments."""

    package: str
    module: str
    build: Callable[[ModuleType], tuple[Any, ...]]

    @property
    def name(self) -> str:
        return f"{self.module}.{self.build.__code__.co_names[0]}"


def image(size: int = 32, channels: int = 3, frames: int | None = None) -> Any:
    import torch

    return torch.randn(2, channels, *([] if frames is None else [frames]), size, size)


def tokens(length: int = 12, dim: int = 32) -> Any:
    import torch

    return torch.randn(2, length, dim)


def words(length: int = 12, count: int = 20) -> Any:
    import torch

    return torch.randint(0, count, (2, length))


SMALL: dict[str, Any] = {"image_size": 32, "patch_size": 8, "num_classes": 5, "dim": 32, "depth": 2, "heads": 2}
PLAIN = {**SMALL, "mlp_dim": 48}
VIT = "vit-pytorch"

RECIPES = (
    Recipe(VIT, "vit_pytorch.vit", lambda m: (m.ViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.simple_vit", lambda m: (m.SimpleViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.deepvit", lambda m: (m.DeepViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.parallel_vit", lambda m: (m.ViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.vit_for_small_dataset", lambda m: (m.ViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.vit_with_patch_merger", lambda m: (m.ViT(**PLAIN, patch_merge_layer=1), image())),
    Recipe(VIT, "vit_pytorch.simple_vit_with_register_tokens", lambda m: (m.SimpleViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.simple_vit_with_qk_norm", lambda m: (m.SimpleViT(**PLAIN), image())),
    Recipe(VIT, "vit_pytorch.simple_vit_with_value_residual", lambda m: (m.SimpleViT(**PLAIN), image())),
    Recipe(
        VIT,
        "vit_pytorch.simple_vit_with_fft",
        lambda m: (m.SimpleViT(**PLAIN, freq_patch_size=8), image()),
    ),
    Recipe(
        VIT,
        "vit_pytorch.cait",
        lambda m: (m.CaiT(**PLAIN, cls_depth=1), image()),
    ),
    Recipe(
        VIT,
        "vit_pytorch.cross_vit",
        lambda m: (
            m.CrossViT(
                image_size=64,
                num_classes=5,
                sm_dim=24,
                lg_dim=32,
                sm_patch_size=8,
                lg_patch_size=16,
                sm_enc_depth=1,
                lg_enc_depth=1,
                sm_enc_heads=2,
                lg_enc_heads=2,
                cross_attn_heads=2,
                depth=1,
                sm_enc_mlp_dim=32,
                lg_enc_mlp_dim=32,
            ),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.crossformer",
        lambda m: (
            m.CrossFormer(
                num_classes=5,
                dim=(32, 32, 64, 64),
                depth=(1, 1, 1, 1),
                global_window_size=(4, 2, 2, 1),
                local_window_size=(2, 2, 2, 1),
            ),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.cvt",
        lambda m: (
            m.CvT(
                num_classes=5,
                s1_emb_dim=16,
                s2_emb_dim=24,
                s3_emb_dim=32,
                s1_depth=1,
                s2_depth=1,
                s3_depth=1,
                s1_heads=1,
                s2_heads=1,
                s3_heads=2,
            ),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.levit",
        lambda m: (
            m.LeViT(image_size=64, num_classes=5, stages=3, dim=(16, 24, 32), depth=1, heads=(2, 3, 4), mlp_mult=2),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.max_vit",
        lambda m: (
            m.MaxViT(num_classes=5, dim_conv_stem=16, dim=16, dim_head=8, depth=(1, 1), window_size=4),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.mobile_vit",
        lambda m: (
            m.MobileViT(
                image_size=(64, 64),
                dims=[16, 24, 32],
                num_classes=5,
                channels=[16, 16, 24, 24, 32, 32, 40, 40, 48, 48, 64],
            ),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.nest",
        lambda m: (
            m.NesT(
                image_size=32, patch_size=4, dim=16, heads=2, num_hierarchies=2, block_repeats=(1, 1), num_classes=5
            ),
            image(),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.pit",
        lambda m: (
            m.PiT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=(1, 1), heads=2, mlp_dim=48),
            image(),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.regionvit",
        lambda m: (
            m.RegionViT(dim=(16, 24, 32, 40), depth=(1, 1, 1, 1), window_size=2, num_classes=5),
            image(128),
        ),
    ),
    Recipe(VIT, "vit_pytorch.rvt", lambda m: (m.RvT(**PLAIN), image())),
    Recipe(
        VIT,
        "vit_pytorch.scalable_vit",
        lambda m: (
            m.ScalableViT(
                num_classes=5,
                dim=16,
                heads=(1, 2),
                depth=(1, 1),
                ssa_dim_key=(8, 8),
                reduction_factor=(2, 1),
                window_size=(4, None),
            ),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.sep_vit",
        lambda m: (
            m.SepViT(num_classes=5, dim=16, dim_head=8, heads=(1, 2), depth=(1, 1), window_size=7),
            image(56),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.t2t",
        lambda m: (
            m.T2TViT(image_size=32, num_classes=5, dim=32, depth=1, heads=2, mlp_dim=48, t2t_layers=((7, 4), (3, 2))),
            image(),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.twins_svt",
        lambda m: (
            m.TwinsSVT(
                num_classes=5,
                s1_emb_dim=16,
                s1_local_patch_size=2,
                s1_global_k=2,
                s2_emb_dim=16,
                s2_local_patch_size=2,
                s2_global_k=2,
                s3_emb_dim=24,
                s3_depth=1,
                s3_local_patch_size=2,
                s3_global_k=2,
                s4_emb_dim=24,
                s4_depth=1,
                s4_local_patch_size=2,
                s4_global_k=2,
            ),
            image(64),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.vit_3d",
        lambda m: (
            m.ViT(
                image_size=32,
                frames=4,
                image_patch_size=8,
                frame_patch_size=2,
                num_classes=5,
                dim=32,
                depth=1,
                heads=2,
                mlp_dim=48,
            ),
            image(frames=4),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.vivit",
        lambda m: (
            m.ViViT(
                image_size=32,
                frames=4,
                image_patch_size=8,
                frame_patch_size=2,
                num_classes=5,
                dim=32,
                spatial_depth=1,
                temporal_depth=1,
                heads=2,
                mlp_dim=48,
                variant="factorized_self_attention",
            ),
            image(frames=4),
        ),
    ),
    Recipe(
        VIT,
        "vit_pytorch.xcit",
        lambda m: (m.XCiT(**PLAIN, cls_depth=1, local_patch_kernel_size=3), image()),
    ),
    Recipe(
        VIT,
        "vit_pytorch.look_vit",
        lambda m: (
            m.LookViT(
                dim=32,
                image_size=64,
                num_classes=5,
                depth=2,
                patch_size=16,
                heads=2,
                mlp_factor=2,
                dim_head=16,
                highres_patch_size=8,
                highres_mlp_factor=2,
                cross_attn_heads=2,
                cross_attn_dim_head=16,
                patch_conv_kernel_size=3,
            ),
            image(64),
        ),
    ),
    Recipe(
        "x-transformers",
        "x_transformers",
        lambda m: (
            m.TransformerWrapper(
                num_tokens=20, max_seq_len=16, attn_layers=m.Decoder(dim=32, depth=2, heads=2, rotary_pos_emb=True)
            ),
            words(),
        ),
    ),
    Recipe(
        "x-transformers",
        "x_transformers",
        lambda m: (
            m.ViTransformerWrapper(
                image_size=32, patch_size=8, num_classes=5, attn_layers=m.Encoder(dim=32, depth=2, heads=2)
            ),
            image(),
        ),
    ),
    Recipe(
        "denoising-diffusion-pytorch",
        "denoising_diffusion_pytorch",
        lambda m: (m.Unet(dim=16, dim_mults=(1, 2), flash_attn=False), image(16), words(1)[:, 0]),
    ),
    Recipe(
        "denoising-diffusion-pytorch",
        "denoising_diffusion_pytorch",
        lambda m: (m.Unet1D(dim=16, dim_mults=(1, 2), channels=4), tokens(4, 16), words(1)[:, 0]),
    ),
    Recipe(
        "perceiver-pytorch",
        "perceiver_pytorch",
        lambda m: (
            m.Perceiver(
                input_channels=3,
                input_axis=2,
                num_freq_bands=3,
                max_freq=10.0,
                depth=2,
                num_latents=6,
                latent_dim=32,
                cross_dim_head=16,
                latent_dim_head=16,
                num_classes=5,
                self_per_cross_attn=1,
            ),
            image(8).permute(0, 2, 3, 1),
        ),
    ),
    Recipe(
        "timesformer-pytorch",
        "timesformer_pytorch",
        lambda m: (
            m.TimeSformer(
                dim=32, image_size=16, patch_size=8, num_frames=3, num_classes=5, depth=1, heads=2, dim_head=16
            ),
            image(16, 3, 3).transpose(1, 2),
        ),
    ),
    Recipe(
        "itransformer",
        "iTransformer",
        lambda m: (
            m.iTransformer(num_variates=7, lookback_len=12, dim=32, depth=1, heads=2, dim_head=16, pred_length=4),
            tokens(12, 7),
        ),
    ),
    Recipe(
        "local-attention",
        "local_attention",
        lambda m: (
            m.LocalTransformer(
                num_tokens=20,
                dim=32,
                depth=1,
                max_seq_len=16,
                causal=True,
                local_attn_window_size=4,
                heads=2,
                dim_head=16,
            ),
            words(16),
        ),
    ),
)
